-- The latest sample of a run, beside its limit and its levels.
select
    s.sampled_ms as sampled_ms,
    strftime('%Y-%m-%dT%H:%M:', s.sampled_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (s.sampled_ms % 60000) / 1000.0) as sampled_at,
    s.stage as stage,
    s.operation as operation,
    s.resident_bytes as resident_bytes,
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
    e.limit_bytes as limit_bytes,
    cast(e.limit_bytes * e.warning_percent / 100 as integer) as warning_bytes,
    cast(e.limit_bytes * e.critical_percent / 100 as integer) as critical_bytes,
    e.peak_bytes as peak_bytes,
    (select a.level from memory_alerts as a where a.run_id = e.run_id order by a.id desc limit 1) as level
from experiments as e
left join memory_samples as s on s.id = (
    select l.id from memory_samples as l where l.run_id = e.run_id order by l.sampled_ms desc, l.id desc limit 1)
where e.run_id = :run
