-- What each stage did and took. seconds: wall time of a stage that runs by itself, thread time of one that is pulled.
-- Of each experiment, its latest run.
create view v_stages as
select
    experiment_id,
    stage,
    seconds,
    items,
    avg_memory_gb,
    peak_memory_gb,
    status,
    avg_memory_mib,
    peak_memory_mib
from v_stages_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
