-- One line a run, in the order in which they began.
-- All runs, also the earlier ones of an experiment.
create view v_experiments_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    strftime('%Y-%m-%dT%H:%M:', e.started_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (e.started_ms % 60000) / 1000.0) as started_at,
    (e.ended_ms - e.started_ms) / 1000.0 as seconds,
    e.status as status,
    e.mode as mode,
    e.grid_cols as grid_cols,
    e.grid_rows as grid_rows,
    e.layers as layers,
    e.threads as threads,
    e.output_rows as output_rows,
    e.peak_bytes / 1073741824.0 as peak_memory_gb,
    e.limit_bytes / 1073741824.0 as limit_gb,
    e.message as message,
    round(e.peak_bytes / 1048576.0, 1) as peak_memory_mib,
    round(e.limit_bytes / 1048576.0, 1) as limit_mib,
    e.bound_by as bound_by,
    e.verdict as verdict,
    round(e.enough_bytes / 1048576.0, 1) as enough_mib,
    e.command as command,
    e.config_file as config_file,
    e.weft_version as weft_version
from experiments as e
order by e.started_ms, e.run_id;
