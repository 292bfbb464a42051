-- Roll-ups: additive states by bucket and a few dimensions, made from the facts and never the other way round. The tables of cells are made
-- from the catalog (rollup.<stream>_day, _hour, _pending); here is what is known about them.
create schema rollup;

-- One row per stream (the measures of one fact on one time). Another fingerprint means other cells: they are dropped and made anew.
create table rollup.streams (
  stream      text primary key,
  fingerprint text not null,
  chosen_at   timestamptz not null default now(),
  -- Rows a day, when the cuboids were chosen.
  rows_a_day  double precision not null
);

-- One row per cuboid of a stream: whose days or hours its cells are of, by which dimensions, with duration bins or not.
create table rollup.cuboids (
  stream       text not null references rollup.streams on delete cascade,
  cuboid       smallint not null,
  calendar     text not null,
  dimensions   text[] not null,
  histograms   boolean not null,
  -- As measured on one day when it was chosen.
  cells_a_day  double precision not null,
  bytes_a_day  double precision not null,
  primary key (stream, cuboid)
);

-- One row per stream and date whose cells are there, in every calendar. `dirty_since`: facts changed afterwards, so events answer it.
create table rollup.units (
  stream          text not null references rollup.streams on delete cascade,
  day             date not null,
  -- Rows by UTC date, and those of them without a zone of their own.
  row_count       bigint not null,
  stray_count     bigint not null,
  has_hours       boolean not null,
  -- Rows that depended on a later watermark stand in the pending table instead of the cells.
  settled_through timestamptz not null,
  built_at        timestamptz not null default now(),
  build_ms        double precision not null,
  dirty_since     timestamptz,
  primary key (stream, day)
);
create index units_dirty on rollup.units (dirty_since) where dirty_since is not null;

-- Moves on with every change of the above, so that a process knows when to read it again.
create table rollup.generation (
  singleton  boolean primary key default true check (singleton),
  generation bigint not null,
  changed_at timestamptz not null default now()
);
insert into rollup.generation (generation) values (1);

-- One row per table whose changes are followed: which transactions have been seen, how far the table reached, when it was last read
-- whole and how long that took.
create table rollup.captures (
  table_name  text primary key,
  file_node   oid not null,
  seen        pg_snapshot not null,
  pages       bigint not null,
  deleted     bigint not null,
  captured_at timestamptz not null,
  swept_at    timestamptz not null,
  sweep_ms    double precision not null
);
