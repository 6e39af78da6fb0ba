-- When sizes changed in a run (?1): of at most 120 parts of it, the first one that shrank and the first one that grew.
select min(a.adapted_ms), a.new_value > a.old_value
from memory_adaptations as a,
    (select min(adapted_ms) as first_ms, max(max(adapted_ms) - min(adapted_ms), 1) as width_ms
    from memory_adaptations where run_id = ?1) as span
where a.run_id = ?1
group by (a.adapted_ms - first_ms) * 120 / (width_ms + 1), a.new_value > a.old_value
order by 1
