import type { Pool } from "pg";
import { formatInstant, formatPeriod } from "../chat/format.ts";
import type { LedgerEntry } from "../kernel/ledger.ts";
import { blank, type Options, type Period, type Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import { addChange } from "../queries/changes.ts";
import { dayOf, instantOf, isDay, spanOf } from "../queries/periods.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { kindName, LASTING, ledgerKinds, placesName } from "./ledger-words.ts";
import { zoneOfQuestion } from "./zone-of.ts";

const DAY_MS = 86_400_000;
/** A day without a year that was about a year ago is meant ahead when that is within this many days. */
const AHEAD_DAYS = 120;

/** An entry for the ledger: first a card that says what would be written, then the writing, with who asked for it. */
export async function answerEvent(
  writer: Pool,
  question: Question,
  event: NonNullable<Options["event"]>,
  asking: Asking,
): Promise<Result<Draft, Refusal>> {
  const zone = zoneOfQuestion(question, asking);
  if (event.kind === undefined || event.title === "")
    return err({ code: "event_incomplete", params: { kinds: ledgerKinds(asking).join(", ") } });
  const lasts = LASTING.has(event.kind);
  const period =
    event.confirmed && question.period ? question.period : periodOf(question.period, zone, lasts, asking.now);
  const span = spanOf(period, zone);
  const entry: LedgerEntry = {
    kind: event.kind,
    title: event.title,
    startsAt: new Date(span.from).toISOString(),
    endsAt: lasts ? null : new Date(span.to).toISOString(),
    markets: question.filters.market ? [...question.filters.market] : null,
    queues: question.filters.queue ? [...question.filters.queue] : null,
  };
  const words = {
    kind: kindName(entry.kind, asking),
    title: entry.title,
    when: lasts
      ? asking.say("event.from", { at: formatInstant(entry.startsAt, asking.locale, zone) })
      : formatPeriod(period, asking.locale, zone),
    where: placesName(entry, asking),
  };
  const { market, queue } = question.filters;
  const filters = { ...(market ? { market } : {}), ...(queue ? { queue } : {}) };
  const plain: Question = { ...blank("changes"), filters, period };
  if (!event.confirmed) {
    const confirmed: Question = { ...plain, options: { event: { ...event, confirmed: true } } };
    return ok({
      ...blankDraft(asking, { ...blank("clarify"), options: { choices: [confirmed] } }, "clarify"),
      headline: asking.say("event.card", words),
      body: [asking.say(lasts ? "event.stays" : "event.masks"), `1. ${asking.say("event.add")}`],
      next: [{ label: asking.say("event.add"), question: confirmed }],
    });
  }
  const isNew = await addChange(writer, entry, { person: asking.asker?.person ?? "", atMs: asking.now });
  return ok({
    ...blankDraft(asking, plain, "answered"),
    headline: asking.say(isNew ? "event.added" : "event.there", words),
    body: [asking.say(lasts ? "event.stays" : "event.masks")],
    next: [{ label: asking.say("next.ledger"), question: { ...plain, period: monthUntil(period, zone) } }],
  });
}

/** Whole days for what passes, the start for what stays; today where no day is said. */
function periodOf(said: Period | null, zone: string, lasts: boolean, now: number): Period {
  const today = dayOf(now, zone);
  const asked = said ? ahead(said, now) : { from: today, to: dayOf(now + DAY_MS, zone) };
  if (lasts || isDay(asked.to) || !isDay(asked.from)) return asked;
  // "Today" ends at the minute of asking; a campaign of today ends with the day.
  return { ...asked, to: dayOf(instantOf(asked.to, zone) - 1 + DAY_MS, zone) };
}

/** "20 apr" said in March is this year's, though periods are read as the latest that has begun. */
function ahead(period: Period, now: number): Period {
  const later = { from: yearLater(period.from), to: yearLater(period.to) };
  const start = Date.parse(later.from.slice(0, 10));
  return start > now && start <= now + AHEAD_DAYS * DAY_MS ? later : period;
}
const yearLater = (end: string): string => `${Number(end.slice(0, 4)) + 1}${end.slice(4)}`;

function monthUntil(period: Period, zone: string): Period {
  const { from, to } = spanOf(period, zone);
  return { from: dayOf(from - 29 * DAY_MS, zone), to: dayOf(to + DAY_MS - 1, zone) };
}
