-- Resident memory while each stage was at work. One sample counts once a stage, whatever operations it is charged to.
-- Of each experiment, its latest run.
create view v_memory_by_stage as
select
    experiment_id,
    stage,
    avg_memory_gb,
    peak_memory_gb,
    min_memory_gb,
    samples,
    avg_memory_mib,
    peak_memory_mib,
    min_memory_mib
from v_memory_by_stage_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
