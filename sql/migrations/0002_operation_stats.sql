-- What each operation of each stage took, over all threads: own time, without waiting and without what lies inside it.

create table operation_stats (
    id integer primary key,
    experiment integer not null references experiments (id) on delete cascade,
    stage text not null,
    operation text not null,
    calls integer not null,
    seconds real not null,
    longest_seconds real not null
);
create index operation_stats_by_experiment on operation_stats (experiment);
