-- The moderation mart in ClickHouse: the tables of docs/your-data.md under the same names. Instants in UTC to the microsecond. Rows that are
-- loaded again (a late outcome, a correction) replace the row of the same key: ReplacingMergeTree by `loaded_at`; readers see one
-- row a key because statements run with `final = 1`. Bot state, the change ledger and receipts stay in PostgreSQL.
create database if not exists mart;

create table if not exists mart.cases (
  case_id      Int64,
  created_at   DateTime64(6, 'UTC'),
  market       LowCardinality(String),
  queue        LowCardinality(String),
  source       LowCardinality(String),
  content_type LowCardinality(String),
  category     LowCardinality(String),
  seller_id    Int64,
  seller_tier  LowCardinality(String),
  severity     LowCardinality(String),
  sla_due_at   DateTime64(6, 'UTC'),
  views        Int64,
  gmv_usd      Decimal(18, 4),
  loaded_at    DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) partition by toYYYYMM(created_at) order by (toStartOfHour(created_at), case_id)
settings do_not_merge_across_partitions_select_final = 1;

create table if not exists mart.claims (
  claim_id     Int64,
  case_id      Int64,
  moderator_id Int64,
  team         LowCardinality(String),
  claimed_at   DateTime64(6, 'UTC'),
  released_at  DateTime64(6, 'UTC'),
  outcome      LowCardinality(String),
  loaded_at    DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) partition by toYYYYMM(claimed_at) order by (case_id, claim_id);

create table if not exists mart.decisions (
  decision_id       Int64,
  case_id           Int64,
  decided_at        DateTime64(6, 'UTC'),
  decider           LowCardinality(String),
  moderator_id      Nullable(Int64),
  team              LowCardinality(Nullable(String)),
  action            LowCardinality(String),
  reason            LowCardinality(Nullable(String)),
  score             Nullable(Float32),
  model_version     LowCardinality(Nullable(String)),
  guideline_version LowCardinality(String),
  handle_seconds    Nullable(Int32),
  cost_usd          Decimal(18, 6),
  superseded_at     Nullable(DateTime64(6, 'UTC')),
  loaded_at         DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) partition by toYYYYMM(decided_at) order by (toStartOfHour(decided_at), decision_id);

create table if not exists mart.appeals (
  appeal_id   Int64,
  decision_id Int64,
  filed_at    DateTime64(6, 'UTC'),
  resolved_at Nullable(DateTime64(6, 'UTC')),
  outcome     LowCardinality(Nullable(String)),
  loaded_at   DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) partition by toYYYYMM(filed_at) order by (decision_id, appeal_id);

create table if not exists mart.qa_labels (
  label_id       Int64,
  decision_id    Int64,
  sampled_at     DateTime64(6, 'UTC'),
  labelled_at    Nullable(DateTime64(6, 'UTC')),
  stratum        LowCardinality(String),
  inclusion_prob Float64,
  correct_action LowCardinality(Nullable(String)),
  correct_reason LowCardinality(Nullable(String)),
  auditor_id     Int64,
  loaded_at      DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) order by (decision_id, label_id);

create table if not exists mart.view_samples (
  sample_id      Int64,
  viewed_at      DateTime64(6, 'UTC'),
  market         LowCardinality(String),
  queue          LowCardinality(String),
  category       LowCardinality(String),
  inclusion_prob Float64,
  violating      Nullable(Bool),
  reason         LowCardinality(Nullable(String)),
  labelled_at    Nullable(DateTime64(6, 'UTC')),
  loaded_at      DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) partition by toYYYYMM(viewed_at) order by (toStartOfHour(viewed_at), sample_id);

create table if not exists mart.staffing (
  hour             DateTime64(6, 'UTC'),
  market           LowCardinality(String),
  queue            LowCardinality(String),
  team             LowCardinality(String),
  staffed_hours    Float32,
  productive_hours Float32,
  loaded_at        DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) order by (hour, market, queue, team);

create table if not exists mart.watermarks (
  source           String,
  complete_through DateTime64(6, 'UTC'),
  loaded_at        DateTime64(6, 'UTC') default now64(6)
) engine = ReplacingMergeTree(loaded_at) order by source;

-- What `modstats check` found: it reads these tables, and keeps its results in PostgreSQL, so that this one is empty unless you copy them; the
-- metrics of the checks have no data until then.
create table if not exists mart.check_results (
  check_id   Int64,
  checked_at DateTime64(6, 'UTC'),
  kind       LowCardinality(String),
  source     LowCardinality(String),
  subject    String,
  value      Nullable(Float64),
  expected   Nullable(Float64),
  low        Nullable(Float64),
  high       Nullable(Float64),
  verdict    LowCardinality(String),
  detail     String
) engine = MergeTree order by (checked_at, check_id);
