-- What each stage did and took. seconds: wall time of a stage that runs by itself, thread time of one that is pulled.
create view v_stages as
select
    e.experiment_id as experiment_id,
    s.stage as stage,
    s.seconds as seconds,
    s.items as items,
    s.average_bytes / 1073741824.0 as avg_memory_gb,
    s.peak_bytes / 1073741824.0 as peak_memory_gb,
    s.status as status
from stage_results as s
join experiments as e on e.id = s.experiment
order by e.id, s.id;
