-- The operations of a run (?1), those that took most first.
select stage, operation, calls, seconds, p50_ms, p95_ms, longest_ms, slow_calls, peak_memory_gb * 1073741824
from v_operations_all_runs where run_id = ?1 order by seconds desc limit 40
