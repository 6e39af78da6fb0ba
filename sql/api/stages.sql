-- What the stages of a run took.
select
    s.stage as stage,
    s.seconds as seconds,
    s.items as items,
    s.average_bytes as average_bytes,
    s.peak_bytes as peak_bytes,
    s.status as status
from stage_results as s
where s.run_id = :run
order by s.id
limit :limit
