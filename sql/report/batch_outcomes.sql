-- How the jobs of a batch came out: by the cause of each one's last attempt.
select cause, count(*), sum(seconds), sum(attempts) from v_jobs group by cause order by count(*) desc, cause
