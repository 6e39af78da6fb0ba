-- What Prometheus is told, a sample a line, those of one metric together: of the latest run of each of the :limit
-- experiments that ran last, and of batches. label, value: a label besides the experiment's name.
with latest as (
    select max(run_id) as run_id from experiments group by experiment_id order by 1 desc limit :limit
),
runs as (
    select e.* from experiments as e join latest as l on l.run_id = e.run_id
),
sampled as (
    select r.experiment_id as experiment, s.*
    from runs as r
    join memory_samples as s on s.id = (
        select m.id from memory_samples as m where m.run_id = r.run_id order by m.sampled_ms desc, m.id desc limit 1)
),
jobs as (
    select m.* from job_metrics as m
    where m.id = (select max(a.id) from job_metrics as a where a.batch = m.batch and a.job = m.job)
),
lines (number, metric, experiment, label, name, value) as (
    select 1, 'weft_run_running', r.experiment_id, null, null, r.status = 'running' from runs as r
    union all
    select 2, 'weft_run_succeeded', r.experiment_id, null, null, r.status = 'ok' from runs as r where r.status <> 'running'
    union all
    select 3, 'weft_run_start_timestamp_seconds', r.experiment_id, null, null, r.started_ms / 1000.0 from runs as r
    union all
    select 4, 'weft_run_end_timestamp_seconds', r.experiment_id, null, null, r.ended_ms / 1000.0 from runs as r
    where r.ended_ms is not null
    union all
    select 5, 'weft_run_duration_seconds', r.experiment_id, null, null, (r.ended_ms - r.started_ms) / 1000.0
    from runs as r where r.ended_ms is not null
    union all
    select 6, 'weft_run_cells', r.experiment_id, null, null, r.grid_cols * r.grid_rows from runs as r
    union all
    select 7, 'weft_run_done_cells', r.experiment_id, null, null,
        coalesce((select sum(t.rows * t.cols) from chunk_times as t where t.run_id = r.run_id), 0)
    from runs as r
    union all
    select 8, 'weft_run_output_rows', r.experiment_id, null, null, r.output_rows from runs as r
    where r.output_rows is not null
    union all
    select 9, 'weft_memory_limit_bytes', r.experiment_id, null, null, r.limit_bytes from runs as r
    union all
    select 10, 'weft_memory_peak_bytes', r.experiment_id, null, null, r.peak_bytes from runs as r
    where r.peak_bytes is not null
    union all
    select 11, 'weft_memory_resident_bytes', s.experiment, null, null, s.resident_bytes from sampled as s
    union all
    select 12, 'weft_memory_usage_ratio', s.experiment, null, null, s.usage_percent / 100.0 from sampled as s
    where s.usage_percent is not null
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'windows', s.window_bytes from sampled as s
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'cache', s.cache_bytes from sampled as s
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'decoders', s.decoder_bytes from sampled as s
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'layers', s.layer_bytes from sampled as s
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'chunks', s.chunk_bytes from sampled as s
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'text', s.text_bytes from sampled as s
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'other', s.other_bytes from sampled as s
    union all
    select 13, 'weft_memory_holder_bytes', s.experiment, 'holder', 'unmanaged',
        s.resident_bytes - (s.window_bytes + s.cache_bytes + s.decoder_bytes + s.layer_bytes + s.chunk_bytes
            + s.text_bytes + s.other_bytes)
    from sampled as s
    union all
    select 14, 'weft_memory_alerts_total', r.experiment_id, 'level', l.level,
        (select count(*) from memory_alerts as a where a.run_id = r.run_id and a.level = l.level)
    from runs as r
    join (select 'warning' as level union all select 'critical' union all select 'recovered') as l
    union all
    select 15, 'weft_memory_adaptations_total', r.experiment_id, 'parameter', a.parameter, count(*)
    from runs as r join memory_adaptations as a on a.run_id = r.run_id
    group by r.run_id, a.parameter
    union all
    select 16, 'weft_operation_seconds_total', r.experiment_id, 'operation', o.operation, sum(o.seconds)
    from runs as r join operation_stats as o on o.run_id = r.run_id
    group by r.run_id, o.operation
    union all
    select 17, 'weft_operation_calls_total', r.experiment_id, 'operation', o.operation, sum(o.calls)
    from runs as r join operation_stats as o on o.run_id = r.run_id
    group by r.run_id, o.operation
    union all
    select 18, 'weft_pool_acquired_total', r.experiment_id, 'pool', p.pool, p.acquired
    from runs as r join pool_stats as p on p.run_id = r.run_id
    union all
    select 19, 'weft_pool_created_total', r.experiment_id, 'pool', p.pool, p.created
    from runs as r join pool_stats as p on p.run_id = r.run_id
    union all
    select 20, 'weft_batch_jobs', null, 'state', c.state,
        (select count(*) from jobs as j where (j.exit_code is 0) = (c.state = 'done'))
    from (select 'done' as state union all select 'failed') as c
    where exists (select 1 from jobs)
    union all
    select 21, 'weft_batch_peak_bytes', null, null, null, max(j.peak_bytes) from jobs as j having count(*) > 0
)
select metric, experiment, label, name, value from lines where value is not null order by number, experiment, name
