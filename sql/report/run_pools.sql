-- The pools of a run (?1), those that were used most first.
select
    case pool when 'blocks' then 'blocks (the cache)' else pool end as "Pool|text 160", created as "#made",
    acquired as "#asked for", reused as "#used again",
    case when acquired > 0 then 100.0 * reused / acquired end as "#hit rate|percent 1", available as "#left open",
    (select count(*) from pool_stats where run_id = ?1) as "all"
from v_pools_all_runs where run_id = ?1 order by acquired desc, pool limit 40
