-- One line a job of a batch: how often it was tried, and what its last attempt was granted, took and came to.
create view v_jobs as
select
    m.batch as batch,
    m.job as job,
    (select count(*) from job_metrics as a where a.batch = m.batch and a.job = m.job) as attempts,
    strftime('%Y-%m-%dT%H:%M:', m.started_ms / 1000, 'unixepoch')
        || printf('%06.3fZ', (m.started_ms % 60000) / 1000.0) as started_at,
    (m.ended_ms - m.started_ms) / 1000.0 as seconds,
    m.exit_code as exit_code,
    m.signal as signal,
    m.cause as cause,
    m.threads as threads,
    m.granted_bytes / 1073741824.0 as granted_memory_gb,
    m.peak_bytes / 1073741824.0 as peak_memory_gb,
    m.cpu_seconds as cpu_seconds,
    m.output_rows as output_rows,
    m.output_bytes as output_bytes,
    m.message as message,
    m.log as log,
    round(m.granted_bytes / 1048576.0, 1) as granted_memory_mib,
    round(m.peak_bytes / 1048576.0, 1) as peak_memory_mib
from job_metrics as m
where m.id = (select max(a.id) from job_metrics as a where a.batch = m.batch and a.job = m.job)
order by m.started_ms, m.id;
