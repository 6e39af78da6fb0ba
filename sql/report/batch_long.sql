-- The 20 jobs of a batch that took longest; how many there are.
select
    job as "Job|text 160", seconds as "#time|seconds", cpu_seconds as "#CPU time|seconds", threads as "#threads",
    output_rows as "#rows", output_bytes as "#bytes|bytes", attempts as "#attempts", cause as "Outcome",
    (select count(distinct job) from job_metrics) as "all"
from v_jobs order by seconds desc, job limit 20
