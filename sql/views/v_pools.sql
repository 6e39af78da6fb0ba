-- File handles and coordinate transforms: how many were made, and how often they were used again.
create view v_pools as
select
    e.experiment_id as experiment_id,
    p.pool as pool,
    p.created as created,
    p.acquired as acquired,
    p.released as released,
    p.reused as reused,
    p.in_use as in_use,
    p.available as available
from pool_stats as p
join experiments as e on e.id = p.experiment
order by e.id, p.id;
