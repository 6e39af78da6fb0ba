-- Runs, the one that began last first.
select
    e.run_id as run_id,
    e.experiment_id as experiment,
    e.status as state,
    e.started_ms as started_ms,
    strftime('%Y-%m-%dT%H:%M:', e.started_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (e.started_ms % 60000) / 1000.0) as started_at,
    e.ended_ms as ended_ms,
    (e.ended_ms - e.started_ms) / 1000.0 as seconds,
    e.mode as mode,
    e.grid_cols as grid_cols,
    e.grid_rows as grid_rows,
    e.layers as layers,
    e.threads as threads,
    e.output_rows as output_rows,
    e.peak_bytes as peak_bytes,
    e.limit_bytes as limit_bytes,
    e.bound_by as bound_by,
    e.verdict as verdict,
    e.enough_bytes as enough_bytes,
    e.message as message,
    e.weft_version as weft_version
from experiments as e
where :experiment is null or e.experiment_id = :experiment
order by e.run_id desc
limit :limit
