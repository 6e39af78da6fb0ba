-- Samples of a run after a time, in order. Where there are more than :limit, time is cut into :limit equal parts, and each
-- is shown by its sample of most memory: what SQLite gives for columns beside max() are those of that row.
with chosen as (
    select count(*) as number, min(l.sampled_ms) as first_ms, max(l.sampled_ms) as last_ms
    from memory_samples as l
    where l.run_id = :run and l.sampled_ms > :since
)
select
    s.sampled_ms as sampled_ms,
    strftime('%Y-%m-%dT%H:%M:', s.sampled_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (s.sampled_ms % 60000) / 1000.0) as sampled_at,
    s.stage as stage,
    s.operation as operation,
    max(s.resident_bytes) as resident_bytes,
    s.anonymous_bytes as anonymous_bytes,
    s.ledger_bytes as ledger_bytes,
    s.window_bytes as window_bytes,
    s.cache_bytes as cache_bytes,
    s.decoder_bytes as decoder_bytes,
    s.layer_bytes as layer_bytes,
    s.chunk_bytes as chunk_bytes,
    s.text_bytes as text_bytes,
    s.other_bytes as other_bytes,
    s.resident_bytes - (s.window_bytes + s.cache_bytes + s.decoder_bytes + s.layer_bytes + s.chunk_bytes
        + s.text_bytes + s.other_bytes) as unmanaged_bytes,
    s.usage_percent as usage_percent,
    s.system_percent as system_percent,
    s.probe as probe,
    count(*) as samples
from memory_samples as s
join chosen as c
where s.run_id = :run and s.sampled_ms > :since
group by
    case when c.number <= :limit then s.sampled_ms
    else (s.sampled_ms - c.first_ms) * :limit / (c.last_ms - c.first_ms + 1) end,
    case when c.number <= :limit then s.id end
