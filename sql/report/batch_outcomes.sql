-- How the jobs of a batch came out: by the cause of each one's last attempt.
select
    cause as "Outcome", count(*) as "#jobs", sum(attempts) as "#attempts", sum(seconds) as "#time of the last ones|seconds"
from v_jobs group by cause order by count(*) desc, cause
