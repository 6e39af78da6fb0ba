-- What a run got over, or did otherwise than it was asked to, in the order in which it was noted.
-- All runs, also the earlier ones of an experiment.
create view v_run_events_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    strftime('%Y-%m-%dT%H:%M:', r.happened_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (r.happened_ms % 60000) / 1000.0) as created_at,
    r.kind as kind,
    r.subject as subject,
    r.count as count,
    r.detail as detail
from run_events as r
join experiments as e on e.run_id = r.run_id
order by e.run_id, r.id;
