-- What a person is still to confirm, and what a watch remembers between two looks.

-- One row per schedule or watch that was shown and not yet saved. The schedule takes the draft's name, so that a second press of "Save"
-- makes nothing new.
create table bot.schedule_drafts (
  id         text primary key,
  draft      jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);

-- One row per look of a watch at its slot: what it saw and remembers from then on. A look that is made again (its run was taken over by
-- another worker) starts from the row before, and writes the same row.
create table bot.watch_looks (
  schedule text not null references bot.schedules,
  slot_at  timestamptz not null,
  -- Segment → phase, since when beyond, last fired, last window judged.
  memory   jsonb not null,
  -- The note of this look, when it fired; what an escalation repeats.
  fired    boolean not null default false,
  primary key (schedule, slot_at)
);
create index watch_looks_fired on bot.watch_looks (schedule, slot_at desc) where fired;

-- One row per watch that somebody reacted to: whose it is, until when it is mute.
create table bot.watch_reactions (
  schedule    text primary key references bot.schedules,
  person      text not null,
  reacted_at  timestamptz not null default clock_timestamp(),
  muted_until timestamptz
);

-- The weekly look at who still answers for a channel's schedules is a schedule like the others.
alter table bot.schedules drop constraint schedules_payload_check,
  add constraint schedules_payload_check check (payload ->> 'type' in ('question', 'digest', 'watch', 'owners'));
