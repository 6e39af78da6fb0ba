-- What was resident while each stage of a run (?1) was at work, a row a sample and operation in the order of time.
-- Whoever reads it adds up what v_memory_by_stage has: to group a million samples takes SQLite four times as long.
select sampled_ms, stage, resident_bytes from memory_samples where run_id = ?1 order by sampled_ms
