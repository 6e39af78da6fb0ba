-- What a run needs to be gone on with by another process: who it is, what it read, and how far each output is on disk.
-- One run a file. Times are milliseconds since 1970 in UTC, except where a name says otherwise.

create table run (
    id integer primary key check (id = 1),
    experiment_id text not null,
    state text not null check (state in ('running', 'interrupted', 'failed', 'finished')),
    message text,
    command text,               -- that goes on with it
    weft_version text not null,
    identity text not null,     -- a line a key of the configuration that the answer depends on
    plan text not null,         -- a line a fact that the plan made of it: grid, columns
    grid_rows integer not null,
    rows_done integer not null,
    attempts integer not null,  -- processes that have worked on it
    started_ms integer not null,
    updated_ms integer not null,
    pid integer not null,       -- of the last attempt
    start_ticks integer not null,
    boot_id text not null,
    host text not null
);

create table inputs (
    path text primary key,
    bytes integer not null,     -- -1: not there
    modified_ns integer not null
) without rowid;

create table outputs (
    number integer primary key, -- from 0
    format text not null,
    path text not null,
    bytes integer not null,     -- on disk, from the part file's start; 0: nothing
    spool_bytes integer not null,
    next_cell integer not null,
    table_rows integer not null,
    whole integer not null,     -- complete: only its final name is missing, or not even that
    hash text not null          -- of those bytes; '': not known
);
