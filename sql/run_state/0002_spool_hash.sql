-- The hash of a spool's first spool_bytes bytes, so that one that was changed is not gone on with; '': there is none.

alter table outputs add column spool_hash text not null default '';
