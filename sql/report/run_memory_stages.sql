-- Memory of a run (?1) by stage.
select stage, samples, avg_memory_gb * 1073741824, peak_memory_gb * 1073741824, min_memory_gb * 1073741824
from v_memory_by_stage_all_runs where run_id = ?1
