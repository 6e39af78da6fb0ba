-- The operations of a run (?1), those that took most first.
select
    stage, operation, calls, seconds, p50_seconds, p95_seconds, longest_seconds, slow_calls
from operation_stats where run_id = ?1 order by seconds desc limit 40
