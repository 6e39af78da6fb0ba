-- Each chunk, and how long it took to be filled and to be written.
-- Of each experiment, its latest run.
create view v_chunks as
select
    experiment_id,
    exported_at,
    first_row,
    first_col,
    rows,
    cols,
    fill_seconds,
    write_seconds
from v_chunks_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
