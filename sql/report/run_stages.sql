-- The stages of a run (?1).
select stage, seconds, items, status from v_stages_all_runs where run_id = ?1
