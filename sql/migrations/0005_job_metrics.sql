-- What each attempt at a job of a batch was granted, took and came to.

create table job_metrics (
    id integer primary key,
    batch text not null,
    job text not null,
    attempt integer not null,
    started_ms integer not null,
    ended_ms integer not null,
    exit_code integer,          -- null: a signal ended it
    signal integer,
    cause text not null,
    message text,
    threads integer not null,
    granted_bytes integer not null,
    peak_bytes integer not null,
    cpu_seconds real not null,
    output_rows integer not null,
    output_bytes integer not null,
    log text not null
);
create index job_metrics_by_job on job_metrics (batch, job, attempt);
