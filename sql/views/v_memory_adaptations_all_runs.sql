-- Every size that memory made change, in order, with the reason.
-- All runs, also the earlier ones of an experiment.
create view v_memory_adaptations_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    strftime('%Y-%m-%dT%H:%M:', a.adapted_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (a.adapted_ms % 60000) / 1000.0) as created_at,
    a.stage as stage,
    a.parameter as parameter,
    a.old_value as old_value,
    a.new_value as new_value,
    a.level as level,
    a.usage_percent as usage_percent,
    a.reason as reason
from memory_adaptations as a
join experiments as e on e.run_id = a.run_id
order by e.run_id, a.id;
