-- The alerts of a run (?1).
select
    created_at, level, usage_percent, probe, stage, memory_gb * 1073741824, limit_gb * 1073741824,
    (select count(*) from memory_alerts where run_id = ?1)
from v_memory_alerts_all_runs where run_id = ?1 limit 30
