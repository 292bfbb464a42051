-- The moderation mart: facts at event level. Columns are fixed by design; more may be added, none renamed.
-- No foreign keys: a warehouse's tables arrive late and out of order; `load` puts orphans aside and `check` reports them.
create schema mart;

-- One review job.
create table mart.cases (
  case_id      bigint primary key,
  created_at   timestamptz not null,
  market       text not null,
  queue        text not null,
  source       text not null,
  content_type text not null,
  category     text not null,
  seller_id    bigint not null,
  seller_tier  text not null,
  severity     text not null,
  sla_due_at   timestamptz not null,
  -- Views before the first decision.
  views        bigint not null,
  gmv_usd      numeric not null
);
create index cases_created on mart.cases using brin (created_at) with (pages_per_range = 32);
create index cases_due on mart.cases using brin (sla_due_at) with (pages_per_range = 32);
create index cases_seller on mart.cases (seller_id);

-- One time that a reviewer took a case.
create table mart.claims (
  claim_id     bigint primary key,
  case_id      bigint not null,
  moderator_id bigint not null,
  team         text not null,
  claimed_at   timestamptz not null,
  released_at  timestamptz not null,
  outcome      text not null
);
create index claims_case on mart.claims (case_id);
create index claims_claimed on mart.claims using brin (claimed_at) with (pages_per_range = 32);

-- One decision; a case can have several.
create table mart.decisions (
  decision_id       bigint primary key,
  case_id           bigint not null,
  decided_at        timestamptz not null,
  decider           text not null,
  moderator_id      bigint,
  team              text,
  action            text not null,
  reason            text,
  -- The model's probability of violation.
  score             real,
  model_version     text,
  guideline_version text not null,
  handle_seconds    integer,
  cost_usd          numeric not null,
  superseded_at     timestamptz
);
create index decisions_case on mart.decisions (case_id, decided_at);
create index decisions_decided on mart.decisions using brin (decided_at) with (pages_per_range = 32);

-- One appeal of a decision.
create table mart.appeals (
  appeal_id   bigint primary key,
  decision_id bigint not null,
  filed_at    timestamptz not null,
  resolved_at timestamptz,
  outcome     text
);
create index appeals_decision on mart.appeals (decision_id);
create index appeals_filed on mart.appeals (filed_at);
create index appeals_resolved on mart.appeals (resolved_at);

-- One audited decision, by one auditor.
create table mart.qa_labels (
  label_id       bigint primary key,
  decision_id    bigint not null,
  sampled_at     timestamptz not null,
  labelled_at    timestamptz,
  stratum        text not null,
  -- Known chance that this decision was drawn.
  inclusion_prob double precision not null check (inclusion_prob > 0 and inclusion_prob <= 1),
  correct_action text,
  correct_reason text,
  auditor_id     bigint not null
);
create index qa_labels_decision on mart.qa_labels (decision_id);

-- One sampled view, for prevalence.
create table mart.view_samples (
  sample_id      bigint primary key,
  viewed_at      timestamptz not null,
  market         text not null,
  queue          text not null,
  category       text not null,
  inclusion_prob double precision not null check (inclusion_prob > 0 and inclusion_prob <= 1),
  violating      boolean,
  reason         text,
  labelled_at    timestamptz
);
create index view_samples_viewed on mart.view_samples using brin (viewed_at) with (pages_per_range = 32);

-- Reviewer hours: one row per hour, market, queue, team.
create table mart.staffing (
  hour             timestamptz not null,
  market           text not null,
  queue            text not null,
  team             text not null,
  staffed_hours    real not null,
  productive_hours real not null,
  primary key (hour, market, queue, team)
);

create table mart.sellers (
  seller_id bigint primary key,
  market    text not null,
  tier      text not null,
  category  text not null,
  joined_at timestamptz not null
);

-- The change ledger: policy, guideline, model, roster, campaign, holiday, outage.
create table mart.changes (
  change_id bigint primary key,
  kind      text not null,
  title     text not null,
  starts_at timestamptz not null,
  ends_at   timestamptz,
  -- NULL = all.
  markets   text[],
  queues    text[]
);
create index changes_starts on mart.changes (starts_at);

create table mart.experiments (
  experiment_id  text primary key,
  title          text not null,
  -- `seller` or `case`.
  unit           text not null,
  starts_at      timestamptz not null,
  ends_at        timestamptz,
  -- arm → planned share.
  arms           jsonb not null,
  control        text not null,
  primary_metric text not null,
  guardrails     text[] not null
);

-- One unit put into one arm.
create table mart.exposures (
  experiment_id text not null,
  unit_id       bigint not null,
  arm           text not null,
  exposed_at    timestamptz not null,
  primary key (experiment_id, unit_id)
);

-- How complete each table is; `source` is its name without the schema.
create table mart.watermarks (
  source           text primary key,
  complete_through timestamptz not null,
  loaded_at        timestamptz not null
);

-- Rows that `load` put aside: the text as it stood in the file, and why.
create table mart.quarantine (
  quarantine_id bigint generated always as identity primary key,
  loaded_at     timestamptz not null,
  file          text not null,
  line          bigint not null,
  reason        text not null,
  content       text not null
);
create unique index quarantine_once on mart.quarantine (file, line, reason, md5(content));
