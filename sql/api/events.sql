-- What a run got over, or did otherwise than it was asked to.
select
    r.happened_ms as created_ms,
    strftime('%Y-%m-%dT%H:%M:', r.happened_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (r.happened_ms % 60000) / 1000.0) as created_at,
    r.kind as kind,
    r.subject as subject,
    r.count as count,
    r.detail as detail
from run_events as r
where r.run_id = :run
order by r.id
limit :limit
