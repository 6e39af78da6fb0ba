-- One line a run, in the order in which they began.
-- Of each experiment, its latest run.
create view v_experiments as
select
    experiment_id,
    started_at,
    seconds,
    status,
    mode,
    grid_cols,
    grid_rows,
    layers,
    threads,
    output_rows,
    peak_memory_gb,
    limit_gb,
    message,
    peak_memory_mib,
    limit_mib,
    bound_by,
    verdict,
    enough_mib,
    command,
    config_file,
    weft_version
from v_experiments_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
