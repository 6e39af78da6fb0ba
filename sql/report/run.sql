-- All that is known of a run (?1) itself.
select
    experiment_id, started_ms, coalesce(ended_ms, 0), status, message, config_file, config_text, weft_version, mode,
    limit_bytes, threads, grid_cols, grid_rows, layers, coalesce(output_rows, 0),
    -- Of a run that goes on, or was killed: as far as was seen.
    coalesce(peak_bytes, (select max(resident_bytes) from memory_samples where run_id = ?1), 0),
    coalesce(warning_percent, 0), coalesce(critical_percent, 0), command, bound_by, verdict, coalesce(enough_bytes, 0),
    plan_json, metadata_json,
    coalesce((select max(sampled_ms) from memory_samples where run_id = ?1), started_ms)
from experiments where run_id = ?1
