-- The operations of a run (?1), those that took most first.
select
    stage as "Stage", operation as "Operation", calls as "#calls", seconds as "#all threads|seconds",
    p50_seconds as "#median|seconds", p95_seconds as "#95 %|seconds", longest_seconds as "#longest|seconds",
    slow_calls as "#slow"
from operation_stats where run_id = ?1 order by seconds desc limit 40
