-- Why jobs were tried again: attempts that another one followed, by their cause, with an example of each.
select
    m.cause, count(*), sum(m.ended_ms - m.started_ms) / 1000.0, max(m.granted_bytes), max(m.peak_bytes), min(m.job),
    (select n.message from job_metrics as n where n.id = min(m.id)),
    sum((select l.cause from job_metrics as l where l.batch = m.batch and l.job = m.job order by l.id desc limit 1) = 'done')
from job_metrics as m
where exists (select 1 from job_metrics as n where n.batch = m.batch and n.job = m.job and n.id > m.id)
group by m.cause order by count(*) desc, m.cause
