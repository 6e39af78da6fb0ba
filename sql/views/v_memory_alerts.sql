-- When a level was entered or left, and which probe said so.
-- Of each experiment, its latest run.
create view v_memory_alerts as
select
    experiment_id,
    created_at,
    level,
    usage_percent,
    probe,
    stage,
    memory_gb,
    limit_gb,
    memory_mib,
    limit_mib
from v_memory_alerts_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
