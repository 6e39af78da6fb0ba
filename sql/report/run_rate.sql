-- Cells that a run (?1) exported over time, in at most 120 parts of at least three chunks each.
with span (started_ms, width_ms, parts) as (
    select e.started_ms, max(max(c.exported_ms) - e.started_ms, 1), min(120, count(*) / 3)
    from chunk_times as c join experiments as e on e.run_id = c.run_id where c.run_id = ?1
)
select
    (c.exported_ms - started_ms) * parts / (width_ms + 1) as part, sum(c.rows * c.cols), parts, width_ms
from chunk_times as c, span
where c.run_id = ?1 and parts > 0
group by part order by part
