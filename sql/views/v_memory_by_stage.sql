-- Resident memory while each stage was at work. One sample counts once a stage, whatever operations it is charged to.
create view v_memory_by_stage as
select
    e.experiment_id as experiment_id,
    s.stage as stage,
    avg(s.resident_bytes) / 1073741824.0 as avg_memory_gb,
    max(s.resident_bytes) / 1073741824.0 as peak_memory_gb,
    min(s.resident_bytes) / 1073741824.0 as min_memory_gb,
    count(*) as samples
from (
    select experiment, sampled_ms, stage, max(resident_bytes) as resident_bytes
    from memory_samples
    where stage <> 'idle'
    group by experiment, sampled_ms, stage
) as s
join experiments as e on e.id = s.experiment
group by e.id, s.stage
order by e.id, case s.stage when 'prepare' then 0 when 'resample' then 1 when 'merge' then 2 else 3 end;
