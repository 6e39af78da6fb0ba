-- What a run did, in figures: sizes in bytes, times in seconds.
-- All runs, also the earlier ones of an experiment.
create view v_pipeline_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    p.metric as metric,
    p.value as value
from pipeline_metrics as p
join experiments as e on e.run_id = p.run_id
order by e.run_id, p.id;
