import type { Pool } from "pg";
import { Temporal } from "temporal-polyfill";
import { shiftDay } from "../handlers/scan/days.ts";
import type { LedgerEntry } from "../kernel/ledger.ts";
import { limits } from "../kernel/limits.ts";
import type { Log } from "../kernel/log.ts";
import { readLedger } from "../queries/changes.ts";
import { databaseNow, type OffDay, type PlannedRun, planRuns } from "../queries/state/runs.ts";
import { type OffDayRule, runningSchedules, type Schedule } from "../queries/state/schedules.ts";
import { due } from "./due.ts";
import { type Calendar, offDayOf } from "./off-days.ts";
import { parseWhen } from "./when.ts";

const MS_PER_DAY = 86_400_000;

export interface PlanParts {
  /** The bot's own state. */
  readonly pool: Pool;
  /** The facts, for the ledger's holidays. */
  readonly facts: Pool;
  readonly log: Log;
}

/** Writes every run that is due by the database's clock; returns how many were new. Any number of instances may do it at once. */
export async function planDue({ pool, facts, log }: PlanParts): Promise<number> {
  const now = await databaseNow(pool);
  const schedules = await runningSchedules(pool);
  const holidays = await ledgerFor(facts, schedules, now);
  let planned = 0;
  for (const schedule of schedules) {
    const runs = runsDue(schedule, now, holidays);
    if (runs === null)
      log.error({ schedule: schedule.id, cron: schedule.cron }, "a schedule's cron line is not understood");
    else if (runs.length > 0) planned += await planRuns(pool, schedule.id, runs, now);
  }
  return planned;
}

/** The runs of one schedule that are to be made up at `now`; null when its cron line cannot be read. */
export function runsDue(schedule: Schedule, now: number, holidays: readonly LedgerEntry[]): PlannedRun[] | null {
  const when = parseWhen(schedule.cron);
  if (!when) return null;
  const last = Math.max(schedule.plannedThrough, now - limits.planBackDays * MS_PER_DAY);
  const calendar: Calendar = { country: schedule.country, ledger: ledgerDays(schedule, holidays) };
  const runs = due(when, schedule.zone, now, last).flatMap(({ slot, day, at }) => {
    if (offDayUnder("skip", day, schedule, calendar)) return [];
    // A digest is about the day before.
    const about = schedule.payload.type === "digest" ? shiftDay(day, -1) : day;
    const offDay = offDayUnder("mask", about, schedule, calendar);
    return [{ runKey: runKeyOf(schedule, slot), slot, at, masked: offDay && { ...offDay, day: about } }];
  });
  return madeUp(runs, schedule, now);
}

/** The off day that `day` is, where the schedule has this rule for such days. */
function offDayUnder(rule: OffDayRule, day: string, schedule: Schedule, calendar: Calendar): OffDay | null {
  const offDay = offDayOf(day, calendar, schedule.language);
  if (offDay === null) return null;
  return (offDay.kind === "weekend" ? schedule.weekends : schedule.holidays) === rule ? offDay : null;
}

/** Schedule, local day (and hour), destination: the same however often and wherever it is planned. */
const runKeyOf = ({ id, platform, tenant, channel }: Schedule, slot: string): string =>
  `${id}/${slot}/${platform}:${tenant}:${channel}`;

/** After downtime: which of the missed runs. Those that are too late are left out, but for one that its owner will hear of. */
function madeUp(runs: readonly PlannedRun[], schedule: Schedule, now: number): PlannedRun[] {
  switch (schedule.catchUp) {
    case "latest":
      return runs.slice(-1);
    case "all": {
      const inTime = runs.filter(({ at }) => now <= at + schedule.lateMinutesMax * 60_000);
      return inTime.length > 0 ? inTime : runs.slice(-1);
    }
    case "skip":
      return runs.filter(({ at }) => now - at < limits.lateFromMs);
    default:
      return schedule.catchUp satisfies never;
  }
}

/** Nothing is asked where no schedule minds off days. */
async function ledgerFor(facts: Pool, schedules: readonly Schedule[], now: number): Promise<readonly LedgerEntry[]> {
  if (schedules.every(({ holidays }) => holidays === "post")) return [];
  const span = { fromMs: now - (limits.planBackDays + 2) * MS_PER_DAY, toMs: now + 2 * MS_PER_DAY };
  const read = await readLedger(facts, { ...span, markets: [], queues: [], max: limits.ledgerEntriesMax });
  if (!read.ok) throw read.error.cause ?? new Error(`the change ledger cannot be read: ${read.error.code}`);
  return read.value.changes.filter(({ kind }) => kind === "holiday");
}

/** Holidays of the schedule's country as its zone's local days; one without an end is a day. */
function ledgerDays({ country, zone }: Schedule, holidays: readonly LedgerEntry[]): Calendar["ledger"] {
  return holidays
    .filter(({ markets }) => markets === null || country === null || markets.includes(country))
    .map(({ title, startsAt, endsAt }) => {
      const from = plainDay(Date.parse(startsAt), zone);
      const last = endsAt === null ? from : plainDay(Date.parse(endsAt) - 1, zone);
      return { title, from: from.toString(), to: last.add({ days: 1 }).toString() };
    });
}
const plainDay = (instant: number, zone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate();
