-- A character a column: 1 where a value of it was met in the rows that are done, 0 where none was; '': not known.

alter table run add column columns_seen text not null default '';
