-- The jobs of batches, each by its last attempt, the one that began last first.
select
    m.batch as batch,
    m.job as job,
    (select count(*) from job_metrics as a where a.batch = m.batch and a.job = m.job) as attempts,
    m.started_ms as started_ms,
    strftime('%Y-%m-%dT%H:%M:', m.started_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (m.started_ms % 60000) / 1000.0) as started_at,
    (m.ended_ms - m.started_ms) / 1000.0 as seconds,
    m.exit_code as exit_code,
    m.signal as signal,
    m.cause as cause,
    m.message as message,
    m.threads as threads,
    m.granted_bytes as granted_bytes,
    m.peak_bytes as peak_bytes,
    m.cpu_seconds as cpu_seconds,
    m.output_rows as output_rows,
    m.output_bytes as output_bytes
from job_metrics as m
where m.id = (select max(a.id) from job_metrics as a where a.batch = m.batch and a.job = m.job)
order by m.started_ms desc, m.id desc
limit :limit
