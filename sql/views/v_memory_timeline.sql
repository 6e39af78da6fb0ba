-- Every sample in the order of time.
-- Of each experiment, its latest run.
create view v_memory_timeline as
select
    experiment_id,
    created_at,
    memory_gb,
    stage,
    operation,
    system_percent,
    ledger_gb
from v_memory_timeline_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
