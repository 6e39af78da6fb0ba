-- Every sample in the order of time.
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
    s.ledger_bytes / 1073741824.0 as ledger_gb
from memory_samples as s
join experiments as e on e.run_id = s.run_id
order by e.run_id, s.sampled_ms, s.id;
