-- What the daily scan found and posted, what people said of it, and the numbers that were posted, so that a later one can be held to them.

-- One row per finding: a metric of a segment that left its expectation. The same deviation seen again the next day is the same row.
create table bot.findings (
  finding       text primary key,
  -- Metric, segment, direction: what "the same again" is told by, together with the days.
  subject       text not null,
  metric        text not null,
  segment       jsonb not null,
  kind          text not null,
  direction     text not null,
  period_from   date not null,
  period_to     date not null,
  zone          text not null,
  -- The whole Deviation as it was last seen, and the Question that its thread starts from.
  deviation     jsonb not null,
  question      jsonb not null,
  detector      text not null,
  -- Digest days (the asker's zone) on which it was first and last found.
  first_day     date not null,
  last_day      date not null,
  state         text not null default 'open'
                check (state in ('open', 'owned', 'confirmed', 'expected', 'false_alarm', 'muted')),
  owner         text,
  reason        text,
  -- When `owned` and `muted` are over; null = they do not end by themselves.
  state_until   timestamptz,
  changed_at    timestamptz not null default now()
);
create index findings_by_subject on bot.findings (subject, last_day desc);
create index findings_by_day on bot.findings (first_day);

-- One row per verdict: the audit. Append-only; the last one counts.
create table bot.verdicts (
  verdict_id bigint generated always as identity primary key,
  finding    text not null references bot.findings,
  said_at    timestamptz not null,
  platform   text not null,
  tenant     text not null,
  channel    text not null,
  person     text not null,
  verdict    text not null,
  before     text not null,
  after      text not null,
  until      timestamptz,
  reason     text
);
create index verdicts_by_finding on bot.verdicts (finding, verdict_id desc);
create index verdicts_by_time on bot.verdicts (said_at);

-- The thread of a finding, so that words in it ("expected because …") reach it. One row per thread.
create table bot.finding_threads (
  platform text not null,
  tenant   text not null,
  channel  text not null,
  thread   text not null,
  finding  text not null references bot.findings,
  primary key (platform, tenant, channel, thread)
);

-- One row per number that a digest told: what it read then, so that the digest can say when it has moved.
create table bot.posted_numbers (
  metric      text not null,
  -- Canonical JSON of the filters; days half-open in `zone`.
  segment     text not null,
  period_from date not null,
  period_to   date not null,
  zone        text not null,
  -- The digest day that told it, and the value in the metric's unit.
  told_on     date not null,
  value       double precision not null,
  n           double precision,
  primary key (metric, segment, period_from, period_to, zone, told_on)
);
create index posted_numbers_by_day on bot.posted_numbers (told_on);

-- What an entry of the ledger is about; NULL = every metric. Set where a person called a finding expected.
alter table mart.changes add column metrics text[];
