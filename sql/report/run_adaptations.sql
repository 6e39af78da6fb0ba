-- The sizes that changed in a run (?1).
select
    created_at as "At", stage as "Stage", parameter as "What", old_value as "#before|size", new_value as "#after|size",
    level as "Level", usage_percent as "#usage|percent", reason as "Why",
    (select count(*) from memory_adaptations where run_id = ?1) as "all"
from v_memory_adaptations_all_runs where run_id = ?1 limit 40
