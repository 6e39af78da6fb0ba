-- What a run (?1) got over, or did otherwise than it was asked to.
select created_at, kind, subject, count, detail, (select count(*) from run_events where run_id = ?1)
from v_run_events_all_runs where run_id = ?1 limit 60
