-- What a run got over, or did otherwise than it was asked to, in the order in which it was noted.
-- Of each experiment, its latest run.
create view v_run_events as
select
    experiment_id,
    created_at,
    kind,
    subject,
    count,
    detail
from v_run_events_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
