-- The 20 jobs of a batch that used most of what they were granted.
select job, granted_memory_gb * 1073741824, peak_memory_gb * 1073741824, seconds, attempts, cause
from v_jobs where granted_memory_gb > 0 order by peak_memory_gb / granted_memory_gb desc, job limit 20
