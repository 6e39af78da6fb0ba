-- Calls of a run that took long, the longest first.
select
    s.ended_ms as ended_ms,
    strftime('%Y-%m-%dT%H:%M:', s.ended_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (s.ended_ms % 60000) / 1000.0) as ended_at,
    s.stage as stage,
    s.operation as operation,
    s.seconds as seconds,
    s.subject as subject,
    s.is_slow as is_slow
from slow_operations as s
where s.run_id = :run
order by s.seconds desc, s.id
limit :limit
