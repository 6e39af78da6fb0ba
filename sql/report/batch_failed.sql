-- Jobs of a batch that are not done: 60 of them, and how many there are.
select job, attempts, cause, exit_code, signal, message, log, count(*) over () from v_jobs where cause <> 'done' limit 60
