-- A run has a key of its own, `run_id`: an experiment that is run again adds to its history, where it replaced it before.
-- A constraint can only be dropped with its table, so `experiments` is made anew. Foreign keys are off meanwhile: else
-- dropping the table would delete all that refers to it.

alter table experiments rename column id to run_id;
alter table stage_results rename column experiment to run_id;
alter table memory_samples rename column experiment to run_id;
alter table memory_alerts rename column experiment to run_id;
alter table memory_adaptations rename column experiment to run_id;
alter table pool_stats rename column experiment to run_id;
alter table operation_stats rename column experiment to run_id;
alter table run_events rename column experiment to run_id;

create table experiments_with_history (
    run_id integer primary key autoincrement,
    experiment_id text not null,
    started_ms integer not null,
    ended_ms integer,
    status text not null default 'running',
    message text,
    config_file text,
    config_text text,
    weft_version text not null,
    mode text not null check (mode in ('streaming', 'in-memory')),
    limit_bytes integer not null,
    threads integer not null,
    grid_cols integer not null,
    grid_rows integer not null,
    layers integer not null,
    output_rows integer,
    peak_bytes integer
);
insert into experiments_with_history select * from experiments;
drop table experiments;
alter table experiments_with_history rename to experiments;
create index experiments_by_name on experiments (experiment_id);
