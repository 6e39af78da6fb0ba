-- What each operation of a run that has ended took, summed over threads.
select
    o.stage as stage,
    o.operation as operation,
    o.calls as calls,
    o.seconds as seconds,
    o.longest_seconds as longest_seconds,
    o.p50_seconds as p50_seconds,
    o.p95_seconds as p95_seconds,
    o.slow_calls as slow_calls
from operation_stats as o
where o.run_id = :run
order by o.id
limit :limit
