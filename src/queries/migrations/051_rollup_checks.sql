-- One row per reconciliation of the roll-ups with the facts: how many dates were compared, and on how many they differed.
create table rollup.reconciliations (
  ran_at      timestamptz primary key default clock_timestamp(),
  dates       integer not null,
  differences integer not null
);

-- `pages` is where the table ended when it was last read whole; what lies behind is read each time and known up to `seen`, what lies before
-- only up to the last whole reading.
alter table rollup.captures add column swept_seen pg_snapshot;
update rollup.captures set swept_seen = seen;
alter table rollup.captures alter column swept_seen set not null;
