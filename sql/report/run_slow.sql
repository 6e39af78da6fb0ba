-- The 20 longest calls of a run (?1).
select
    ended_at, stage, operation, seconds, subject, is_slow,
    (select sum(slow_calls) from operation_stats where run_id = ?1)
from v_slow_operations_all_runs where run_id = ?1 limit 20
