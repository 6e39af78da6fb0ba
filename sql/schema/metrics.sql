-- The schema of a new metrics database: what all migrations together make of an empty one, at a fifth of their work.
-- A new migration changes this file too; test_metrics_store holds the two to each other.
-- Times are milliseconds since 1970 in UTC; sizes are bytes; the views turn both into what people read.

create table experiments (
    run_id integer primary key autoincrement,
    experiment_id text not null,
    started_ms integer not null,
    ended_ms integer,
    status text not null default 'running',
    message text,
    config_file text,
    config_text text,
    weft_version text not null,
    mode text not null check (mode in ('streaming', 'in-memory')),
    limit_bytes integer not null,
    threads integer not null,
    grid_cols integer not null,
    grid_rows integer not null,
    layers integer not null,
    output_rows integer,
    peak_bytes integer,
    warning_percent real,
    critical_percent real,
    command text,
    bound_by text,
    verdict text,
    enough_bytes integer,
    plan_json text,
    metadata_json text
);
create index experiments_by_name on experiments (experiment_id);

create table stage_results (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    stage text not null,
    started_ms integer not null,
    seconds real not null,
    items integer not null,
    average_bytes real not null,
    peak_bytes integer not null,
    status text not null
);
create index stage_results_by_experiment on stage_results (run_id);

create table memory_samples (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    sampled_ms integer not null,
    stage text not null,
    operation text not null,
    resident_bytes integer not null,
    anonymous_bytes integer not null,
    ledger_bytes integer not null,
    usage_percent real,
    system_percent real,
    probe text,
    window_bytes integer,
    cache_bytes integer,
    decoder_bytes integer,
    layer_bytes integer,
    chunk_bytes integer,
    text_bytes integer,
    other_bytes integer
);
create index memory_samples_by_experiment on memory_samples (run_id, sampled_ms);

create table memory_alerts (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    alerted_ms integer not null,
    level text not null check (level in ('warning', 'critical', 'recovered')),
    usage_percent real not null,
    probe text not null,
    stage text not null,
    resident_bytes integer not null,
    limit_bytes integer not null
);
create index memory_alerts_by_experiment on memory_alerts (run_id, alerted_ms);

create table memory_adaptations (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    adapted_ms integer not null,
    stage text not null,
    parameter text not null,
    old_value integer not null,
    new_value integer not null,
    level text not null,
    usage_percent real not null,
    reason text not null
);
create index memory_adaptations_by_experiment on memory_adaptations (run_id, adapted_ms);

create table pool_stats (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    pool text not null,
    created integer not null,
    acquired integer not null,
    released integer not null,
    reused integer not null,
    in_use integer not null,
    available integer not null
);
create index pool_stats_by_experiment on pool_stats (run_id);

create table operation_stats (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    stage text not null,
    operation text not null,
    calls integer not null,
    seconds real not null,
    longest_seconds real not null,
    p50_seconds real,
    p95_seconds real,
    slow_calls integer
);
create index operation_stats_by_experiment on operation_stats (run_id);

create table run_events (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    happened_ms integer not null,
    kind text not null check (kind in ('retry', 'skip', 'fallback')),
    subject text not null,
    count integer not null,
    detail text not null
);
create index run_events_by_experiment on run_events (run_id, happened_ms);

create table slow_operations (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    ended_ms integer not null,
    stage text not null,
    operation text not null,
    seconds real not null,
    subject text not null,
    is_slow integer not null check (is_slow in (0, 1))
);
create index slow_operations_by_run on slow_operations (run_id, seconds);

create table chunk_times (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    exported_ms integer not null,
    first_row integer not null,
    first_col integer not null,
    rows integer not null,
    cols integer not null,
    fill_seconds real not null,
    write_seconds real not null
);
create index chunk_times_by_run on chunk_times (run_id, first_row);

create table pipeline_metrics (
    id integer primary key,
    run_id integer not null references experiments (run_id) on delete cascade,
    metric text not null,
    value real not null
);
create index pipeline_metrics_by_run on pipeline_metrics (run_id);

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
