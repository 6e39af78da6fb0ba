-- The pools of a run (?1), those that were used most first.
select pool, created, acquired, reused, available, (select count(*) from pool_stats where run_id = ?1)
from v_pools_all_runs where run_id = ?1 order by acquired desc, pool limit 40
