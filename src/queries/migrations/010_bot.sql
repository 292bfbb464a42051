-- The bot's own state: what was asked and answered, where each thread stands, which deliveries were handled.
create schema if not exists bot;

-- One row per answer: the audit, and what "Show SQL", CSV and replay read. Append-only.
create table bot.receipts (
  receipt      text primary key,
  asked_at     timestamptz not null default now(),
  platform     text not null,
  tenant       text not null,
  channel      text not null,
  thread       text,
  person       text not null,
  words        text,
  question     jsonb not null,
  status       text not null,
  -- The "now", zone and language under which the question was read, so that a replay reads it alike.
  now_at       timestamptz not null,
  zone         text not null,
  language     text not null,
  sql          jsonb not null,
  row_count    integer not null,
  data_through timestamptz,
  -- The thread's state after this answer; bound to a thread once the platform has named the message.
  state        jsonb not null
);
create index receipts_by_channel on bot.receipts (platform, tenant, channel, asked_at desc);

-- One row per thread that an answer of the bot opened.
create table bot.threads (
  platform   text not null,
  tenant     text not null,
  channel    text not null,
  thread     text not null,
  language   text not null,
  state      jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (platform, tenant, channel, thread)
);

-- One row per name of a delivery. A delivery whose handler died is taken again once its lease is over.
create table bot.deliveries (
  key         text primary key,
  lease_until timestamptz not null,
  done_at     timestamptz
);
create index deliveries_by_done on bot.deliveries (done_at);

-- One row when the mart holds the simulated marketplace: which one, so that it can be used again or filled anew.
create table bot.demo_fills (
  singleton boolean primary key default true check (singleton),
  seed      bigint not null,
  cases     bigint not null,
  now_at    timestamptz not null,
  -- Null while it is being filled: a fill that was killed is done again.
  filled_at timestamptz
);
