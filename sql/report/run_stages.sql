-- The stages of a run (?1).
select stage as "Stage", seconds as "#time|seconds", items as "#items", status as "Ended" from v_stages_all_runs where run_id = ?1
