-- What each operation took, summed over threads, and the resident memory while any thread was in it (NULL: it was over
-- before a sample was taken).
-- All runs, also the earlier ones of an experiment.
create view v_operations_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    o.stage as stage,
    o.operation as operation,
    o.calls as calls,
    o.seconds as seconds,
    1000.0 * o.seconds / o.calls as mean_ms,
    1000.0 * o.longest_seconds as longest_ms,
    m.average_bytes / 1073741824.0 as avg_memory_gb,
    m.peak_bytes / 1073741824.0 as peak_memory_gb,
    coalesce(m.samples, 0) as samples,
    1000.0 * o.p50_seconds as p50_ms,
    1000.0 * o.p95_seconds as p95_ms,
    o.slow_calls as slow_calls,
    round(m.average_bytes / 1048576.0, 1) as avg_memory_mib,
    round(m.peak_bytes / 1048576.0, 1) as peak_memory_mib
from operation_stats as o
join experiments as e on e.run_id = o.run_id
left join (
    select run_id, stage, operation, avg(resident_bytes) as average_bytes, max(resident_bytes) as peak_bytes,
        count(*) as samples
    from memory_samples
    group by run_id, stage, operation
) as m on m.run_id = o.run_id and m.stage = o.stage and m.operation = o.operation
order by e.run_id, o.id;
