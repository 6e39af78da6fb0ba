-- The 2,000 longest attempts of a batch, in the order in which they began.
select * from (
    select started_ms, ended_ms, granted_bytes, peak_bytes, cause from job_metrics order by ended_ms - started_ms desc, id
    limit 2000
) order by started_ms, ended_ms
