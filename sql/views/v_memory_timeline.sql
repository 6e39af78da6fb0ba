-- Every sample in the order of time, with what weft held and for what: windows are source pixels and positions, decoders
-- what libraries are expected to take, unmanaged the rest of what is resident. Less than nothing of that is memory that
-- was reserved and not touched yet.
-- Of each experiment, its latest run.
create view v_memory_timeline as
select
    experiment_id,
    created_at,
    memory_gb,
    stage,
    operation,
    system_percent,
    ledger_gb,
    memory_mib,
    windows_mib,
    cache_mib,
    decoders_mib,
    layers_mib,
    chunks_mib,
    text_mib,
    other_mib,
    unmanaged_mib,
    usage_percent
from v_memory_timeline_all_runs
where run_id in (select max(run_id) from experiments group by experiment_id);
