-- The chunks of a run (?1), at most 160 x 8 parts of the grid: which rows and columns, and the seconds that they took.
select
    min(c.first_row), min(c.first_col), max(c.first_row + c.rows), max(c.first_col + c.cols),
    sum(c.fill_seconds + c.write_seconds), sum(c.rows * c.cols), count(*)
from chunk_times as c
join experiments as e on e.run_id = c.run_id
where c.run_id = ?1
group by c.first_row * 160 / max(e.grid_rows, 1), c.first_col * 8 / max(e.grid_cols, 1)
order by 1, 2
