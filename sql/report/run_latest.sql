-- The latest run of an experiment (?2), or of all.
select run_id from experiments where ?2 is null or experiment_id = ?2 order by started_ms desc, run_id desc limit 1
