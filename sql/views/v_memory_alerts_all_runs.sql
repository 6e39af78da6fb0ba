-- When a level was entered or left, and which probe said so.
-- All runs, also the earlier ones of an experiment.
create view v_memory_alerts_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    strftime('%Y-%m-%dT%H:%M:', a.alerted_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (a.alerted_ms % 60000) / 1000.0) as created_at,
    a.level as level,
    a.usage_percent as usage_percent,
    a.probe as probe,
    a.stage as stage,
    a.resident_bytes / 1073741824.0 as memory_gb,
    a.limit_bytes / 1073741824.0 as limit_gb,
    round(a.resident_bytes / 1048576.0, 1) as memory_mib,
    round(a.limit_bytes / 1048576.0, 1) as limit_mib
from memory_alerts as a
join experiments as e on e.run_id = a.run_id
order by e.run_id, a.alerted_ms, a.id;
