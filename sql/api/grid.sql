-- The chunks of a run, from the top of the grid to its bottom. Where there are more than :limit of them they are put
-- together by equal bands of rows; cells says how much of a band is done.
with chosen as (
    select count(*) as number, e.grid_rows as grid_rows
    from experiments as e
    left join chunk_times as t on t.run_id = e.run_id
    where e.run_id = :run
)
select
    min(t.first_row) as first_row,
    max(t.first_row + t.rows) - min(t.first_row) as rows,
    sum(t.rows * t.cols) as cells,
    count(*) as chunks,
    sum(t.fill_seconds) as fill_seconds,
    sum(t.write_seconds) as write_seconds
from chunk_times as t
join chosen as c
where t.run_id = :run
group by case when c.number <= :limit then t.first_row else t.first_row * :limit / c.grid_rows end
order by 1
