-- The 20 jobs of a batch that took longest.
select job, seconds, cpu_seconds, threads, output_rows, output_bytes, attempts, cause from v_jobs order by seconds desc, job limit 20
