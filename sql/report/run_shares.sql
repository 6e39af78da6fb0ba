-- The shares behind a run's (?1) verdict, in percent.
select substr(metric, length('share_') + 1) as "Bound by", 100 * value as "#share|percent 1" from v_pipeline_all_runs
where run_id = ?1 and metric glob 'share_*' limit 100
