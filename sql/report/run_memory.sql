-- Memory of a run (?1) over time: of at most 480 parts of it the sample at which most was resident, with its holders.
with recursive
span (first_ms, width_ms) as (
    select min(sampled_ms), max(sampled_ms) - min(sampled_ms) + 1 from memory_samples where run_id = ?1
),
part (number, from_ms, to_ms) as (
    select 0, first_ms, first_ms + width_ms / 480 from span
    union all
    select number + 1, first_ms + width_ms * (number + 1) / 480, first_ms + width_ms * (number + 2) / 480
    from part, span where number < 479
)
select
    s.sampled_ms, s.resident_bytes, s.decoder_bytes, s.cache_bytes, s.window_bytes, s.layer_bytes, s.chunk_bytes,
    s.text_bytes, s.other_bytes, s.ledger_bytes
from part
join memory_samples as s on s.id = (
    select m.id from memory_samples as m
    where m.run_id = ?1 and m.sampled_ms >= part.from_ms and m.sampled_ms < part.to_ms
    order by m.resident_bytes desc, m.id limit 1
)
order by s.sampled_ms
