-- Levels that were entered or left after a time, the latest first.
select
    a.id as id,
    a.alerted_ms as created_ms,
    strftime('%Y-%m-%dT%H:%M:', a.alerted_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (a.alerted_ms % 60000) / 1000.0) as created_at,
    a.level as level,
    a.usage_percent as usage_percent,
    a.probe as probe,
    a.stage as stage,
    a.resident_bytes as resident_bytes,
    a.limit_bytes as limit_bytes
from memory_alerts as a
where a.run_id = :run and a.alerted_ms > :since
order by a.id desc
limit :limit
