-- What explains a run: who held the memory, how calls were spread, which ones took long, each chunk's time, and the
-- verdict. Runs of before have none of it: NULL, or no rows.

alter table experiments add column warning_percent real;
alter table experiments add column critical_percent real;
alter table experiments add column command text;
alter table experiments add column bound_by text;
alter table experiments add column verdict text;
alter table experiments add column enough_bytes integer;
alter table experiments add column plan_json text;
alter table experiments add column metadata_json text;

alter table memory_samples add column window_bytes integer;
alter table memory_samples add column cache_bytes integer;
alter table memory_samples add column decoder_bytes integer;
alter table memory_samples add column layer_bytes integer;
alter table memory_samples add column chunk_bytes integer;
alter table memory_samples add column text_bytes integer;
alter table memory_samples add column other_bytes integer;

alter table operation_stats add column p50_seconds real;
alter table operation_stats add column p95_seconds real;
alter table operation_stats add column slow_calls integer;

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
