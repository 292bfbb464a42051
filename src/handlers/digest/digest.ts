import type { ChannelRef } from "../../chat/port.ts";
import { type FindingState, openState, stateAt } from "../../kernel/finding-state.ts";
import { limits } from "../../kernel/limits.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import type { Period, Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { type CheckResult, latestFindings } from "../../queries/checks/results.ts";
import {
  type FindingRecord,
  findingsToldIn,
  precisionByDetector,
  recentFindings,
  subjectOf,
} from "../../queries/state/findings.ts";
import type { PostedNumber } from "../../queries/state/posted-numbers.ts";
import type { Asking } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { dayStart, shiftDay } from "../scan/days.ts";
import { type Incident, isWithin } from "../scan/incidents.ts";
import type { Health, Scanned } from "../scan/scan-mart.ts";
import { findingQuestion } from "./finding-words.ts";
import { type Explanation, type LookAt, lookAtMart } from "./look.ts";
import { type Restated, restatements } from "./numbers.ts";

/** One finding of a digest: what happened, why, what to do. */
export interface DigestFinding extends Incident, Explanation {
  /** The row of the same finding of an earlier digest; null = found for the first time. */
  readonly known: FindingRecord | null;
  readonly state: FindingState;
  /** What its thread starts from. */
  readonly question: Question;
}

/** What a morning has to say, before it is put into the form of a post or an answer. */
export interface Digest {
  /** The day that it is about: the asker's last whole day. */
  readonly day: string;
  readonly zone: string;
  readonly filters: Question["filters"];
  readonly findings: readonly DigestFinding[];
  /** Findings beyond `limits.findingsMax`. */
  readonly more: number;
  /** Found before and spoken of since, or told already: named in one line. */
  readonly open: readonly DigestFinding[];
  readonly normal: { readonly metrics: number; readonly series: number };
  readonly health: Health;
  /** Milliseconds: gaps that ended before are history. */
  readonly healthSince: number;
  /** What the data checks found in their last run, beyond what `health` says. */
  readonly checks: readonly CheckResult[];
  readonly outages: readonly { readonly title: string; readonly period: Period }[];
  readonly numbers: readonly PostedNumber[];
  readonly restated: readonly Restated[];
  /** Last week's verdicts by detector; null on days on which it is not told. */
  readonly precision: Awaited<ReturnType<typeof precisionByDetector>> | null;
  readonly sql: readonly SqlRecord[];
}

export interface DigestAsked {
  readonly filters: Question["filters"];
  readonly metrics: readonly string[];
  /** Null = the newest days. */
  readonly period: Period | null;
  /** Findings are held to what earlier digests told in this channel: named again only if they go on. Null for a question in chat. */
  readonly channel: ChannelRef | null;
}

/**
 * Composes the digest of the asker's last whole day: what is missing, what is news (at most five, each with its driver and an action), what is
 * normal, what has moved since it was told. Writes nothing.
 */
export async function composeDigest(
  asked: DigestAsked,
  asking: Asking,
  parts: DigestParts,
): Promise<Result<Digest, Refusal>> {
  const looked = await (parts.lookAt ?? lookAtMart)(asked, asking, parts);
  if (!looked.ok) return looked;
  const { scanned, incidents, numbers, explain } = looked.value;
  const { lastDay, judged } = scanned;
  const known = await recentFindings(parts.writer, shiftDay(lastDay, -KNOWN_DAYS));
  const toldHere = asked.channel ? await findingsToldIn(parts.writer, asked.channel) : null;
  const sorted = incidents.map((incident) => withState(incident, known, asking.now));
  const told = (one: Stated): boolean => toldHere !== null && isTold(one, toldHere, shiftDay(lastDay, 1));
  const fresh = sorted.filter((one) => !told(one));
  const shown = fresh.slice(0, limits.findingsMax);
  const findings: DigestFinding[] = [];
  for (const one of shown)
    findings.push({ ...one, question: findingQuestion(one.deviation), ...(await explain(one.deviation)) });
  const isMonday = new Date(`${shiftDay(lastDay, 1)}T00:00Z`).getUTCDay() === 1;
  const moved = new Set(incidents.flatMap(({ deviation, also }) => [deviation, ...also].map(({ metric }) => metric)));
  return ok({
    day: lastDay,
    zone: asking.zone,
    filters: asked.filters,
    findings,
    more: fresh.length - shown.length,
    open: sorted
      .filter(told)
      .filter(({ state }) => state.name === "open" || state.name === "owned")
      .map(bare),
    normal: { metrics: judged.metrics.filter((id) => !moved.has(id)).length, series: judged.series },
    health: scanned.health,
    healthSince: dayStart(lastDay, asking.zone) - HEALTH_BACK_MS,
    checks: await checksBeside(scanned.health, parts.writer, asking.now),
    outages: outagesOf(scanned, asking.zone),
    numbers,
    restated: asked.channel ? await restatements(asking, parts.writer, asked.filters, shiftDay(lastDay, 1)) : [],
    precision: asked.channel && isMonday ? await lastWeek(parts, lastDay) : null,
    sql: scanned.sql,
  });
}

export type DigestParts = Pick<BotParts, "facts" | "writer" | "engine"> & {
  /** Digests of one slot share the look at the mart; absent = each has its own. */
  readonly lookAt?: LookAt;
};

/** Findings that a new digest knows of. */
const KNOWN_DAYS = 21;
/** A gap is told on the day after it and, for markets whose day ends later, on the next. */
const HEALTH_BACK_MS = 0;
const DAY_MS = 86_400_000;

interface Stated extends Incident {
  readonly known: FindingRecord | null;
  readonly state: FindingState;
}

/** The row of an earlier digest about the same, and where it stands. */
function withState(incident: Incident, known: readonly FindingRecord[], now: number): Stated {
  const subject = subjectOf(incident.deviation);
  const mine = known.find(
    (one) =>
      subjectOf(one.deviation) === subject &&
      one.deviation.period.to >= shiftDay(incident.deviation.period.from, -SAME_WITHIN_DAYS),
  );
  const muted = known.find(
    (one) =>
      isMuted(one, now) &&
      one.deviation.metric === incident.deviation.metric &&
      isWithin(incident.deviation.segment, one.deviation.segment),
  );
  const state = muted?.state ?? (mine ? stateAt(mine.state, now) : openState);
  return { ...incident, known: mine ?? muted ?? null, state };
}
const SAME_WITHIN_DAYS = 3;
const isMuted = ({ state }: FindingRecord, now: number): boolean => stateAt(state, now).name === "muted";

/** Told here by a digest of an earlier day, muted, or closed by a verdict. */
const isTold = ({ known, state }: Stated, toldHere: ReadonlySet<string>, digestDay: string): boolean =>
  state.name !== "open" && state.name !== "owned"
    ? true
    : known !== null && known.firstDay < digestDay && toldHere.has(known.finding);

const bare = (one: Stated): DigestFinding => ({
  ...one,
  question: findingQuestion(one.deviation),
  driver: null,
  suspects: [],
  recommendation: null,
  chart: null,
});

/** Findings of the hourly checks; tables that are late and hours without rows only where the scan has not seen them. */
async function checksBeside(
  { late }: Health,
  writer: BotParts["writer"],
  now: number,
): Promise<readonly CheckResult[]> {
  const found = await latestFindings(writer, now, limits.checkResultsHoursMax);
  const isTold = ({ kind, source, subject }: CheckResult): boolean =>
    (kind === "volume" && subject === "gap") || (kind === "freshness" && late.some((one) => one.source === source));
  return (found ?? []).filter((finding) => !isTold(finding));
}

/** Outages of the ledger that touch the last two days. */
function outagesOf({ ledger, lastDay }: Scanned, zone: string): Digest["outages"] {
  const from = dayStart(lastDay, zone);
  return ledger
    .filter(
      ({ kind, startsAt, endsAt }) =>
        kind === "outage" && Date.parse(startsAt) < from + DAY_MS && (endsAt === null || Date.parse(endsAt) > from),
    )
    .map(({ title, startsAt, endsAt }) => ({
      title,
      period: { from: startsAt, to: endsAt ?? new Date(from + DAY_MS).toISOString() },
    }));
}

async function lastWeek(parts: Pick<BotParts, "writer">, lastDay: string): Promise<Digest["precision"]> {
  const to = Date.parse(`${shiftDay(lastDay, 1)}T00:00Z`);
  const weeks = await precisionByDetector(parts.writer, { from: to - 7 * DAY_MS, to });
  return weeks.some(({ right, wrong }) => right + wrong > 0) ? weeks : null;
}
