-- Resident memory while each stage was at work. One sample counts once a stage, whatever operations it is charged to.
-- All runs, also the earlier ones of an experiment.
create view v_memory_by_stage_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    s.stage as stage,
    avg(s.resident_bytes) / 1073741824.0 as avg_memory_gb,
    max(s.resident_bytes) / 1073741824.0 as peak_memory_gb,
    min(s.resident_bytes) / 1073741824.0 as min_memory_gb,
    count(*) as samples,
    round(avg(s.resident_bytes) / 1048576.0, 1) as avg_memory_mib,
    round(max(s.resident_bytes) / 1048576.0, 1) as peak_memory_mib,
    round(min(s.resident_bytes) / 1048576.0, 1) as min_memory_mib
from (
    select run_id, sampled_ms, stage, max(resident_bytes) as resident_bytes
    from memory_samples
    where stage <> 'idle'
    group by run_id, sampled_ms, stage
) as s
join experiments as e on e.run_id = s.run_id
group by e.run_id, s.stage
order by e.run_id, case s.stage when 'prepare' then 0 when 'resample' then 1 when 'merge' then 2 else 3 end;
