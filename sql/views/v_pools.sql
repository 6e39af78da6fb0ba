-- File handles and coordinate transforms: how many were made, and how often they were used again.
-- Of each experiment, its latest run.
create view v_pools as
select
    experiment_id,
    pool,
    created,
    acquired,
    released,
    reused,
    in_use,
    available
from v_pools_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
