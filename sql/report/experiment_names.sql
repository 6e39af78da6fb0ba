-- Which experiments there are, the latest first.
select experiment_id from experiments group by experiment_id order by max(started_ms) desc limit 200
