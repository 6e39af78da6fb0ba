-- Every size that memory made change, in order, with the reason.
-- Of each experiment, its latest run.
create view v_memory_adaptations as
select
    experiment_id,
    created_at,
    stage,
    parameter,
    old_value,
    new_value,
    level,
    usage_percent,
    reason
from v_memory_adaptations_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
