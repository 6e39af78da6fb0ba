-- The alerts of a run (?1).
select
    created_at as "At", level as "Level", usage_percent as "#usage|percent", probe as "Probe", stage as "Stage",
    memory_gb * 1073741824 as "#resident|bytes", limit_gb * 1073741824 as "#of|bytes",
    (select count(*) from memory_alerts where run_id = ?1) as "all"
from v_memory_alerts_all_runs where run_id = ?1 limit 30
