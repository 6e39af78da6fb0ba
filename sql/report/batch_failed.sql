-- Jobs of a batch that are not done: 60 of them, and how many there are.
select
    job as "Job|text 160", attempts as "#attempts", cause as "Cause", exit_code as "#exit", signal as "#signal",
    message as "Message", log as "Log|code 200", count(*) over () as "all"
from v_jobs where cause <> 'done' limit 60
