-- The longest calls: those that were slow by performance.slow (is_slow = 1), at most 1,000 of an operation, and the 20
-- longest of the run. v_operations counts all that were slow.
-- All runs, also the earlier ones of an experiment.
create view v_slow_operations_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    strftime('%Y-%m-%dT%H:%M:', s.ended_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (s.ended_ms % 60000) / 1000.0) as ended_at,
    s.stage as stage,
    s.operation as operation,
    s.seconds as seconds,
    s.subject as subject,
    s.is_slow as is_slow
from slow_operations as s
join experiments as e on e.run_id = s.run_id
order by e.run_id, s.seconds desc, s.id;
