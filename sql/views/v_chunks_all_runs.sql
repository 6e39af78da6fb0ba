-- Each chunk, and how long it took to be filled and to be written.
-- All runs, also the earlier ones of an experiment.
create view v_chunks_all_runs as
select
    e.run_id as run_id,
    e.experiment_id as experiment_id,
    strftime('%Y-%m-%dT%H:%M:', c.exported_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (c.exported_ms % 60000) / 1000.0) as exported_at,
    c.first_row as first_row,
    c.first_col as first_col,
    c.rows as rows,
    c.cols as cols,
    c.fill_seconds as fill_seconds,
    c.write_seconds as write_seconds
from chunk_times as c
join experiments as e on e.run_id = c.run_id
order by e.run_id, c.id;
