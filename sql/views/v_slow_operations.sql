-- The longest calls: those that were slow by performance.slow (is_slow = 1), at most 1,000 of an operation, and the 20
-- longest of the run. v_operations counts all that were slow.
-- Of each experiment, its latest run.
create view v_slow_operations as
select
    experiment_id,
    ended_at,
    stage,
    operation,
    seconds,
    subject,
    is_slow
from v_slow_operations_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
