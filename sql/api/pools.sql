-- File handles, coordinate transforms and blocks of a run that has ended: how many were made, and used again.
select
    p.pool as pool,
    p.created as created,
    p.acquired as acquired,
    p.released as released,
    p.reused as reused,
    p.in_use as in_use,
    p.available as available
from pool_stats as p
where p.run_id = :run
order by p.id
limit :limit
