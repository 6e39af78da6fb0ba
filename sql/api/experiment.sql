-- One run, with all that is known of what it was to do.
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
    e.weft_version as weft_version,
    e.warning_percent as warning_percent,
    e.critical_percent as critical_percent,
    e.command as command,
    e.config_file as config_file,
    case when length(e.config_text) <= 65536 then e.config_text end as config_text,
    case when length(e.plan_json) <= 131072 and json_valid(e.plan_json) then json(e.plan_json) end as plan_json
from experiments as e
where e.run_id = :run
