-- The 20 jobs of a batch that used most of what they were granted; how many jobs there are.
select
    job as "Job|text 160", granted_memory_gb * 1073741824 as "#granted|bytes",
    peak_memory_gb * 1073741824 as "#used|bytes", 100 * peak_memory_gb / granted_memory_gb as "#share|percent",
    seconds as "#time|seconds", attempts as "#attempts", cause as "Outcome",
    (select count(distinct job) from job_metrics) as "all"
from v_jobs where granted_memory_gb > 0 order by peak_memory_gb / granted_memory_gb desc, job limit 20
