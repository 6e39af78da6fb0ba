-- What a batch needs to know of its jobs the next time: how each ended, of which configuration, and which files it read
-- and wrote. It stands in a metrics database, beside job_metrics.

create table if not exists batch_jobs (
    job text primary key,
    state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
    cause text not null,
    identity text not null,     -- of the last attempt: a line a value of the configuration that the outputs depend on
    attempts integer not null,  -- ever
    threads integer not null,
    granted_bytes integer not null,
    peak_bytes integer not null,
    adaptations integer not null,
    seconds real not null,
    updated_ms integer not null,
    accepted integer not null   -- its outputs were said to be good
) without rowid;

create table if not exists batch_files (
    id integer primary key,
    path text not null,
    bytes integer not null,     -- -1: not there
    modified_ns integer not null,
    hash text not null,         -- SHA-256 in hex; '': not known
    unique (path, bytes, modified_ns)
);

create table if not exists batch_job_files (
    job text not null,
    role text not null check (role in ('input', 'output')),
    file integer not null references batch_files (id),
    primary key (job, role, file)
) without rowid;
create index if not exists batch_job_files_by_file on batch_job_files (file);
