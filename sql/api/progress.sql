-- How far a run is, as its record has it: cells that have gone through all writers. What stands from `stage` on, the process
-- of the run itself knows better.
with done as (
    select
        e.run_id as run_id,
        coalesce(sum(t.rows * t.cols), 0) as cells,
        e.grid_cols * (e.grid_rows - coalesce(min(t.first_row), 0)) as all_cells,
        coalesce(max(t.exported_ms), e.started_ms) as exported_ms,
        cast((julianday('now') - 2440587.5) * 86400000 as integer) as now_ms
    from experiments as e
    left join chunk_times as t on t.run_id = e.run_id
    where e.run_id = :run
),
sampled as (
    select s.run_id as run_id, s.sampled_ms as sampled_ms, s.stage as stage
    from memory_samples as s
    where s.run_id = :run
    order by s.sampled_ms desc, s.id desc
    limit 1
)
select
    e.status as state,
    e.started_ms as started_ms,
    e.ended_ms as ended_ms,
    (coalesce(e.ended_ms, d.now_ms) - e.started_ms) / 1000.0 as seconds,
    (d.now_ms - max(d.exported_ms, coalesce(s.sampled_ms, 0), coalesce(e.ended_ms, 0))) / 1000.0 as silent_seconds,
    e.mode as mode,
    e.grid_cols as grid_cols,
    e.grid_rows as grid_rows,
    e.layers as layers,
    e.threads as threads,
    d.cells as done_cells,
    d.all_cells as all_cells,
    e.output_rows as output_rows,
    e.bound_by as bound_by,
    e.verdict as verdict,
    e.message as message,
    s.stage as stage,
    d.cells / e.grid_cols as done,
    d.all_cells / e.grid_cols as total,
    case when e.status = 'running' and d.exported_ms > e.started_ms
        then d.cells * 1000.0 / (d.exported_ms - e.started_ms) end as cells_per_second,
    case when e.status = 'running' and d.cells > 0 and d.exported_ms > e.started_ms
        then (d.all_cells - d.cells) * (d.exported_ms - e.started_ms) / 1000.0 / d.cells end as seconds_left,
    e.peak_bytes as peak_bytes
from experiments as e
join done as d on d.run_id = e.run_id
left join sampled as s on s.run_id = e.run_id
where e.run_id = :run
