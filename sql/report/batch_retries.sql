-- Why jobs were tried again: attempts that another one followed, by their cause, with the first of each as an example.
select
    cause as "Cause", count(*) as "#attempts", sum(ended_ms - started_ms) / 1000.0 as "#time lost|seconds",
    sum(done_later) as "#done later", max(granted_bytes) as "#granted at most|bytes",
    max(peak_bytes) as "#used at most|bytes", max(case number when 1 then job end) as "An example|text 160",
    max(case number when 1 then message end) as "Its message|text 300"
from (
    select
        m.*, row_number() over (partition by m.cause order by m.id) as number,
        (select l.cause from job_metrics as l where l.batch = m.batch and l.job = m.job order by l.attempt desc limit 1)
        = 'done' as done_later
    from job_metrics as m
    where exists (
        select 1 from job_metrics as n where n.batch = m.batch and n.job = m.job and n.attempt > m.attempt
    )
)
group by cause order by count(*) desc, cause
