-- What a run did, in figures: sizes in bytes, times in seconds.
-- Of each experiment, its latest run.
create view v_pipeline as
select
    experiment_id,
    metric,
    value
from v_pipeline_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
