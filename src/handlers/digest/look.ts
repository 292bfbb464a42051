import { formatInstant } from "../../chat/format.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import type { LedgerEntry } from "../../kernel/ledger.ts";
import { limits } from "../../kernel/limits.ts";
import { blank, canonical } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { remembered } from "../../kernel/remembered.ts";
import { ok, type Result } from "../../kernel/result.ts";
import type { PostedNumber } from "../../queries/state/posted-numbers.ts";
import type { Asking } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { dayStart } from "../scan/days.ts";
import { type Incident, incidentsOf, meet } from "../scan/incidents.ts";
import { type ScanAsked, type Scanned, scanMart } from "../scan/scan-mart.ts";
import { driverOf } from "../why/driver-line.ts";
import { breachEffect } from "./breach-effect.ts";
import { findingQuestion } from "./finding-words.ts";
import { headlineNumbers } from "./numbers.ts";
import { bandPicture } from "./picture.ts";
import { type Recommendation, recommend } from "./recommend.ts";

/** What the data say of a morning, whoever is told: the same for every channel with the same filters, slot, zone and language. */
export interface Look {
  readonly scanned: Scanned;
  /** Ranked, the most important first. */
  readonly incidents: readonly Incident[];
  /** The last day's headline numbers; none when only some metrics or another period were asked for. */
  readonly numbers: readonly PostedNumber[];
  /** Why, and what to do; found when it is first asked for. */
  readonly explain: (deviation: Deviation) => Promise<Explanation>;
}

export interface Explanation {
  /** The segment that carries it, in words; null where no split tells. */
  readonly driver: string | null;
  /** Entries of the change ledger that began with it. */
  readonly suspects: readonly string[];
  readonly recommendation: Recommendation | null;
  readonly chart: ChartSpec | null;
}

export type LookAsked = Pick<ScanAsked, "filters" | "metrics" | "period">;
export type LookAt = (
  asked: LookAsked,
  asking: Asking,
  parts: Pick<BotParts, "facts" | "engine">,
) => Promise<Result<Look, Refusal>>;

/** Scans the mart as of `asking.now`. Writes nothing. */
export const lookAtMart: LookAt = async ({ filters, metrics, period }, asking, { facts, engine }) => {
  const { catalog, measure, now, zone } = asking;
  const scanned = await scanMart(
    { metrics, filters, period, now, zone },
    { catalog, measure, facts, ...(engine && { engine }) },
  );
  if (!scanned.ok) return scanned;
  const { deviations, share, lastDay } = scanned.value;
  const isWhole = metrics.length === 0 && period === null;
  return ok({
    scanned: scanned.value,
    incidents: incidentsOf(deviations, { catalog, share, lastDay }),
    numbers: isWhole ? await headlineNumbers(asking, lastDay, filters) : [],
    explain: (deviation) => explained(deviation, scanned.value, asking, facts),
  });
};

/** One look for all that ask the same of the same slot: 500 channels are one scan, and one explanation of each finding. */
export function sharedLook(monotonic: () => number): LookAt {
  const memory = { forMs: limits.sharedMeasureMs, monotonic };
  const look: LookAt = async (asked, asking, parts) => {
    const looked = await lookAtMart(asked, asking, parts);
    if (!looked.ok) return looked;
    const explain = remembered(looked.value.explain, JSON.stringify, () => true, {
      ...memory,
      entriesMax: limits.sharedMeasuresMax,
    });
    return ok({ ...looked.value, explain });
  };
  return remembered(look, keyOf, (result) => result.ok, { ...memory, entriesMax: limits.sharedLooksMax });
}

const keyOf = ({ filters, metrics, period }: LookAsked, { now, zone, language, locale }: Asking): string =>
  JSON.stringify([
    now,
    zone,
    language,
    locale,
    canonical({ ...blank("anomalies"), filters, metrics: [...metrics], period }),
  ]);

async function explained(
  deviation: Deviation,
  scanned: Scanned,
  asking: Asking,
  facts: BotParts["facts"],
): Promise<Explanation> {
  const driver = await driverOf({ ...findingQuestion(deviation), kind: "why" }, asking);
  const recommendation = recommend(deviation, scanned, driver?.isMix ?? false, asking);
  const breach = recommendation && (await breachEffect(deviation, recommendation, asking, { facts }));
  return {
    driver: driver?.text ?? null,
    suspects: suspectsOf(deviation, scanned.ledger, asking),
    recommendation: recommendation && breach ? { ...recommendation, breach } : recommendation,
    chart: bandPicture(deviation, scanned, asking),
  };
}

/** Changes that people make: the ledger's feasts and outages are in the baseline already. */
const SUSPECTS: ReadonlySet<string> = new Set(["policy", "guideline", "model", "roster"]);
const SUSPECT_DAYS = 3;
const SUSPECTS_MAX = 2;

/** Entries that concern the segment and began within three days of the finding's first day. */
function suspectsOf(deviation: Deviation, ledger: readonly LedgerEntry[], asking: Asking): string[] {
  const start = dayStart(deviation.period.from, deviation.zone);
  return ledger
    .filter(({ kind, startsAt, markets, queues }) => {
      const at = Date.parse(startsAt);
      const segment = { ...(markets && { market: markets }), ...(queues && { queue: queues }) };
      return (
        SUSPECTS.has(kind) &&
        at > start - SUSPECT_DAYS * DAY_MS &&
        at < start + 2 * DAY_MS &&
        meet(segment, deviation.segment)
      );
    })
    .slice(-SUSPECTS_MAX)
    .map(({ title, startsAt }) =>
      asking.say("why.changes", { title, at: formatInstant(startsAt, asking.locale, deviation.zone) }),
    );
}

const DAY_MS = 86_400_000;
