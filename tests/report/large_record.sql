-- The record of a run of 100,000 chunks and 1,000,000 samples, beside what a run of the sample has left: all that a long
-- run leaves in a metrics database, with alerts and adaptations, made up by formulas. Its run_id is 1000.
pragma journal_mode = off;
begin;
insert into experiments
select
    1000, 'large', 1700000000000, 1700000000000 + 100000000, 'ok', null, 'large.yml', config_text, weft_version,
    'streaming', 4294967296, 8, 100000, 1000000, 40, 100000000000, 4100000000, 80, 90, 'weft run large.yml', 'decoding',
    'bound by decoding: 61 % of the workers'' time went into reading and decoding blocks; what helps: more threads. '
    || 'Memory: 3.8 GiB, 95 % of the limit of 4.0 GiB.', 4000000000, plan_json, metadata_json
from experiments limit 1;
with recursive n (i) as (select 0 union all select i + 1 from n where i < 999999)
insert into memory_samples (
    run_id, sampled_ms, stage, operation, resident_bytes, anonymous_bytes, ledger_bytes, usage_percent, system_percent,
    probe, window_bytes, cache_bytes, decoder_bytes, layer_bytes, chunk_bytes, text_bytes, other_bytes
)
select
    1000, 1700000000000 + i * 100, case i % 4 when 0 then 'export' when 1 then 'merge' else 'resample' end,
    case i % 4 when 0 then 'format_rows' when 1 then 'merge_chunk' when 2 then 'decode_block' else 'resample_window' end,
    300000000 + used, used, used, 100.0 * (300000000 + used) / 4294967296, 40, 'process', used / 8, used / 2, used / 16,
    0, used / 8, used / 16, used - used / 8 - used / 2 - used / 16 - used / 8 - used / 16
from (select i, 1000000000 + (i % 50000) * 40000 + (i * 7919 % 1000) * 700000 as used from n);
with recursive n (i) as (select 0 union all select i + 1 from n where i < 99999)
insert into chunk_times (run_id, exported_ms, first_row, first_col, rows, cols, fill_seconds, write_seconds)
select
    1000, 1700000000000 + (i + 1) * 1000, i * 10, 0, 10, 100000,
    0.5 + (i / 1000 % 40) * 0.02 + (i * 31 % 17) * 0.01, 0.1
from n;
with recursive n (i) as (select 0 union all select i + 1 from n where i < 19999)
insert into memory_adaptations (run_id, adapted_ms, stage, parameter, old_value, new_value, level, usage_percent, reason)
select
    1000, 1700000000000 + i * 5000, 'resample', 'window_size', 2048 >> (i % 2), 2048 >> ((i + 1) % 2),
    case i % 2 when 0 then 'warning' else 'recovered' end, 81, 'memory: <81 %> & "more"'
from n;
with recursive n (i) as (select 0 union all select i + 1 from n where i < 19999)
insert into memory_alerts (run_id, alerted_ms, level, usage_percent, probe, stage, resident_bytes, limit_bytes)
select
    1000, 1700000000000 + i * 5000, case i % 2 when 0 then 'warning' else 'recovered' end, 81, 'process', 'resample',
    3500000000, 4294967296
from n;
with recursive n (i) as (select 0 union all select i + 1 from n where i < 99999)
insert into slow_operations (run_id, ended_ms, stage, operation, seconds, subject, is_slow)
select
    1000, 1700000000000 + i * 1000, 'resample', 'decode_block', 2 + (i * 7919 % 100000) / 10000.0,
    'a long name of a file ' || i || ', rows 0..255, cols 0..255', 1
from n;
insert into operation_stats (run_id, stage, operation, calls, seconds, longest_seconds, p50_seconds, p95_seconds, slow_calls)
select 1000, stage, operation, calls * 1000, seconds * 1000, longest_seconds, p50_seconds, p95_seconds, 100000
from operation_stats where run_id = (select min(run_id) from experiments);
insert into stage_results (run_id, stage, started_ms, seconds, items, average_bytes, peak_bytes, status)
select 1000, stage, 1700000000000, 90000, items * 1000, 2000000000, 4000000000, 'ok'
from stage_results where run_id = (select min(run_id) from experiments);
with recursive n (i) as (select 0 union all select i + 1 from n where i < 9999)
insert into pool_stats (run_id, pool, created, acquired, released, reused, in_use, available)
select 1000, 'handles dataset_' || i, 1, 1000 + i, 1000 + i, 999 + i, 0, 1 from n;
insert into pipeline_metrics (run_id, metric, value)
select 1000, metric, value from pipeline_metrics where run_id = (select min(run_id) from experiments);
update experiments set plan_json = (
    select json_set(plan_json, '$.layers', json_group_array(json(layer.value)))
    from json_each(plan_json, '$.layers') as layer, json_each((select json_group_array(value) from (
        with recursive n (i) as (select 0 union all select i + 1 from n where i < 1999) select i as value from n)))
    where layer.key < 5
) where run_id = 1000;
commit;
