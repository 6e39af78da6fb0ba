-- File handles and coordinate transforms: how many were made, and how often they were used again.
-- All runs, also the earlier ones of an experiment.
create view v_pools_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    p.pool as pool,
    p.created as created,
    p.acquired as acquired,
    p.released as released,
    p.reused as reused,
    p.in_use as in_use,
    p.available as available
from pool_stats as p
join experiments as e on e.run_id = p.run_id
order by e.run_id, p.id;
