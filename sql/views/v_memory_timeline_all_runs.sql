-- Every sample in the order of time, with what weft held and for what: windows are source pixels and positions, decoders
-- what libraries are expected to take, unmanaged the rest of what is resident. Less than nothing of that is memory that
-- was reserved and not touched yet.
-- All runs, also the earlier ones of an experiment.
create view v_memory_timeline_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    strftime('%Y-%m-%dT%H:%M:', s.sampled_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (s.sampled_ms % 60000) / 1000.0) as created_at,
    s.resident_bytes / 1073741824.0 as memory_gb,
    s.stage as stage,
    s.operation as operation,
    s.system_percent as system_percent,
    s.ledger_bytes / 1073741824.0 as ledger_gb,
    round(s.resident_bytes / 1048576.0, 1) as memory_mib,
    round(s.window_bytes / 1048576.0, 1) as windows_mib,
    round(s.cache_bytes / 1048576.0, 1) as cache_mib,
    round(s.decoder_bytes / 1048576.0, 1) as decoders_mib,
    round(s.layer_bytes / 1048576.0, 1) as layers_mib,
    round(s.chunk_bytes / 1048576.0, 1) as chunks_mib,
    round(s.text_bytes / 1048576.0, 1) as text_mib,
    round(s.other_bytes / 1048576.0, 1) as other_mib,
    round((s.resident_bytes - (s.window_bytes + s.cache_bytes + s.decoder_bytes + s.layer_bytes + s.chunk_bytes + s.text_bytes + s.other_bytes)) / 1048576.0, 1) as unmanaged_mib,
    s.usage_percent as usage_percent
from memory_samples as s
join experiments as e on e.run_id = s.run_id
order by e.run_id, s.sampled_ms, s.id;
