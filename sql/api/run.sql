-- The run that is meant: one by its number, the latest of an experiment, or the one that began last.
select
    e.run_id as run_id,
    e.experiment_id as experiment
from experiments as e
where (:run is null or e.run_id = :run) and (:experiment is null or e.experiment_id = :experiment)
order by e.run_id desc
limit 1
