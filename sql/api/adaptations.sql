-- Sizes that memory made change after a time, the latest first, each with its reason.
select
    a.id as id,
    a.adapted_ms as created_ms,
    strftime('%Y-%m-%dT%H:%M:', a.adapted_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (a.adapted_ms % 60000) / 1000.0) as created_at,
    a.stage as stage,
    a.parameter as parameter,
    a.old_value as old_value,
    a.new_value as new_value,
    a.level as level,
    a.usage_percent as usage_percent,
    a.reason as reason
from memory_adaptations as a
where a.run_id = :run and a.adapted_ms > :since
order by a.id desc
limit :limit
