-- What a run (?1) got over, or did otherwise than it was asked to.
select
    created_at as "At", kind as "Kind", subject as "What", count as "#number", detail as "Detail",
    (select count(*) from run_events where run_id = ?1) as "all"
from v_run_events_all_runs where run_id = ?1 limit 60
