-- The sizes that changed in a run (?1).
select
    created_at, stage, parameter, old_value, new_value, level, usage_percent, reason,
    (select count(*) from memory_adaptations where run_id = ?1)
from v_memory_adaptations_all_runs where run_id = ?1 limit 40
