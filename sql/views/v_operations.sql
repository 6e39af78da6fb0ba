-- What each operation took, summed over threads, and the resident memory while any thread was in it (NULL: it was over
-- before a sample was taken).
-- Of each experiment, its latest run.
create view v_operations as
select
    experiment_id,
    stage,
    operation,
    calls,
    seconds,
    mean_ms,
    longest_ms,
    avg_memory_gb,
    peak_memory_gb,
    samples,
    p50_ms,
    p95_ms,
    slow_calls,
    avg_memory_mib,
    peak_memory_mib
from v_operations_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
