-- How data came in, and what it touched. `load` and `load --follow` write here in the transaction that writes the rows.

-- One row per file content and table: where a killed load goes on, and which files are in whole.
create table mart.load_files (
  content_hash text not null,
  source       text not null,
  file         text not null,
  -- Columns as the file has them, for drift from one delivery to the next.
  columns      text[] not null,
  started_at   timestamptz not null default now(),
  -- Null while it is being loaded, or after a kill.
  finished_at  timestamptz,
  -- Last line (of Parquet: row) whose chunk is committed.
  line_done    bigint not null default 0,
  loaded       bigint not null default 0,
  duplicates   bigint not null default 0,
  put_aside    bigint not null default 0,
  -- The table's storage when it was loaded: emptied since, it is another one, and the file is read again.
  storage      bigint not null,
  primary key (content_hash, source)
);
create index load_files_by_source on mart.load_files (source, started_at desc);

-- Hours (UTC) of a clock (`decisions.decided_at`) whose rows changed: what a roll-up has to add up again. One row per batch, clock and hour; a
-- refresh deletes the marks in the transaction in which it replaces the sums, so that marks made meanwhile stay for the next.
create table mart.dirty_hours (
  dirty_id  bigint generated always as identity primary key,
  marked_at timestamptz not null default clock_timestamp(),
  -- The table whose rows came, changed or went.
  source    text not null,
  clock     text not null,
  hour      timestamptz not null
);
create index dirty_hours_by_clock on mart.dirty_hours (clock, hour);

-- How far a followed table has been read: one row per origin (host, port, database, schema) and table.
create table mart.follow_cursors (
  origin       text not null,
  source       text not null,
  -- Greatest moment of change read so far; the next pull begins an overlap before it.
  read_through timestamptz not null,
  rows_read    bigint not null default 0,
  changed      bigint not null default 0,
  pulled_at    timestamptz not null,
  primary key (origin, source)
);

-- One row per run of the data checks, check and subject; all of them are kept, for they are metrics themselves.
create table mart.check_results (
  check_id   bigint generated always as identity primary key,
  checked_at timestamptz not null,
  kind       text not null,
  -- The table, or `intake` for the flow as a whole.
  source     text not null,
  -- A column, a market: what within the table; empty for the whole.
  subject    text not null,
  value      double precision,
  -- What was expected, and the bounds outside which it is a finding.
  expected   double precision,
  low        double precision,
  high       double precision,
  verdict    text not null check (verdict in ('ok', 'bad', 'unknown')),
  detail     jsonb not null
);
create index check_results_by_time on mart.check_results (checked_at desc);
