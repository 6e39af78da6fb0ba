-- The figures of a run: sizes in bytes, times in seconds.
select
    p.metric as metric,
    p.value as value
from pipeline_metrics as p
where p.run_id = :run
order by p.id
limit :limit
