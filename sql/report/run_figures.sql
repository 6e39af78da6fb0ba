-- What a run (?1) did, in figures.
select metric, value from v_pipeline_all_runs where run_id = ?1 limit 100
