-- What is posted without anyone asking just then: schedules, their runs, and the messages of each run.

-- One row per standing order: what, when, where, whose. Stopped ones stay for the audit.
create table bot.schedules (
  id                text primary key,
  -- {"type": "question" | "digest" | "watch", …}; the rest is the composer's own and kept as it was said, periods relative.
  payload           jsonb not null check (payload ->> 'type' in ('question', 'digest', 'watch')),
  -- "minute hour day-of-month month day-of-week" on the wall clock of the zone.
  cron              text not null,
  zone              text not null,
  platform          text not null,
  tenant            text not null,
  channel           text not null,
  -- As people say it ("#ops-th"), for lists; the channel is what counts.
  channel_name      text,
  language          text not null,
  locale            text not null,
  owner             text not null,
  -- After downtime: only the latest missed run, all of them, or none.
  catch_up          text not null default 'latest' check (catch_up in ('latest', 'all', 'skip')),
  -- A run that could not be posted within this is given up, and its owner told.
  late_minutes_max  integer not null default 360 check (late_minutes_max between 1 and 10080),
  weekends          text not null default 'post' check (weekends in ('skip', 'mask', 'post')),
  holidays          text not null default 'post' check (holidays in ('skip', 'mask', 'post')),
  -- ISO 3166 country whose weekends and public holidays count; null = Saturday and Sunday, and only the ledger's holidays.
  country           text,
  -- Everything due up to here has its run; null slots between were skipped on purpose. Moves forward only.
  planned_through   timestamptz not null default clock_timestamp(),
  paused_at         timestamptz,
  stopped_at        timestamptz,
  owner_checked_at  timestamptz not null default clock_timestamp(),
  created_at        timestamptz not null default clock_timestamp(),
  updated_at        timestamptz not null default clock_timestamp()
);
create index schedules_by_channel on bot.schedules (platform, tenant, channel) where stopped_at is null;
create index schedules_by_owner on bot.schedules (platform, tenant, owner) where stopped_at is null;

-- One row per schedule × slot × destination: the primary key, not a lock, is what makes it "once". The key names the local calendar day (and
-- the hour of hourly ones), so that a clock that is set back cannot double it.
create table bot.runs (
  run_key       text primary key,
  schedule      text not null references bot.schedules,
  -- The run whose failure this one tells its owner; null for the schedule's own runs.
  notice_of     text references bot.runs,
  -- Local day "2026-03-17", or day and hour "2026-03-17T09".
  slot          text not null,
  slot_at       timestamptz not null,
  -- Why the day is none to work on ({"kind": "weekend" | "holiday", "name": …}), where such days are masked.
  off_day       jsonb,
  -- Where to, as it was when planned: a schedule that moves on leaves its open runs where they were promised.
  platform      text not null,
  tenant        text not null,
  channel       text not null,
  -- due → sending → sent | unknown (may be there or not: look before trying again) | dead (given up; redrive brings it back).
  state         text not null default 'due' check (state in ('due', 'sending', 'sent', 'unknown', 'dead')),
  -- Grows with every claim: what an earlier holder still writes is told from what the present one writes.
  fence         bigint not null default 0,
  lease_until   timestamptz,
  -- Failures so far, deaths while composing among them.
  attempts      integer not null default 0,
  next_try_at   timestamptz not null default clock_timestamp(),
  -- Nothing of it is posted for the first time after this.
  deadline      timestamptz not null,
  -- When the words were frozen: from here on a retry posts the same.
  composed_at   timestamptz,
  error         text,
  planned_at    timestamptz not null default clock_timestamp(),
  done_at       timestamptz
);
create index runs_open on bot.runs (next_try_at) where state in ('due', 'sending', 'unknown');
create index runs_by_schedule on bot.runs (schedule, slot_at desc);
create index runs_by_time on bot.runs (slot_at desc);

-- One row per message of a run, in their order: a digest has a head and its findings, each the root of its own thread.
create table bot.posts (
  -- "<run_key>/<n>": what the platform's message carries, and what it is looked up by.
  post_key      text primary key,
  run_key       text not null references bot.runs on delete cascade,
  n             integer not null,
  content       jsonb not null,
  -- `sending` and `unknown`: may be there, look first. `due`: is certainly not there.
  state         text not null default 'due' check (state in ('due', 'sending', 'sent', 'unknown', 'dead')),
  -- Before the first attempt there is nothing to be found.
  first_sent_at timestamptz,
  -- Slack ts, Lark message id: the root of its thread.
  message       text,
  posted_at     timestamptz,
  unique (run_key, n)
);
