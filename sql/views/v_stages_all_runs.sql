-- What each stage did and took. seconds: wall time of a stage that runs by itself, thread time of one that is pulled.
-- All runs, also the earlier ones of an experiment.
create view v_stages_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    s.stage as stage,
    s.seconds as seconds,
    s.items as items,
    s.average_bytes / 1073741824.0 as avg_memory_gb,
    s.peak_bytes / 1073741824.0 as peak_memory_gb,
    s.status as status,
    round(s.average_bytes / 1048576.0, 1) as avg_memory_mib,
    round(s.peak_bytes / 1048576.0, 1) as peak_memory_mib
from stage_results as s
join experiments as e on e.run_id = s.run_id
order by e.run_id, s.id;
