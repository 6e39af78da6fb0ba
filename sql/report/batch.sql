-- A batch: its name, when it began and ended, jobs and attempts, and how much it took.
select
    coalesce(max(batch), ''), coalesce(min(started_ms), 0), coalesce(max(ended_ms), 0), count(distinct job), count(*),
    coalesce(sum(cpu_seconds), 0), coalesce(sum(output_rows), 0), coalesce(sum(output_bytes), 0),
    coalesce(max(threads), 0)
from job_metrics
