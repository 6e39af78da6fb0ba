-- What a run got over, or did otherwise than it was asked to: reads that were tried again, datasets that were left out,
-- sizes and places that are smaller or slower than wished because memory did not carry more.

create table run_events (
    id integer primary key,
    experiment integer not null references experiments (id) on delete cascade,
    happened_ms integer not null,
    kind text not null check (kind in ('retry', 'skip', 'fallback')),
    subject text not null,
    count integer not null,
    detail text not null
);
create index run_events_by_experiment on run_events (experiment, happened_ms);
