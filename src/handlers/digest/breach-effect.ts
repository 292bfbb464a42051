import { formatInstant } from "../../chat/format.ts";
import { breachOutlook, hoursOver } from "../../insights/queueing/outlook.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import { limits } from "../../kernel/limits.ts";
import { postgresEngine } from "../../queries/engine.ts";
import { readQueueLoad } from "../../queries/queue-load.ts";
import { readWatermarks, throughOf } from "../../queries/watermarks.ts";
import type { Asking } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { chance, HISTORY_DAYS, nextMidnight } from "../queue/situation.ts";
import { prepareQueue } from "../queue/state.ts";
import { dayIn, shiftDay } from "../scan/days.ts";
import type { BreachEffect, Recommendation } from "./recommend.ts";

const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;
/** Hours of these rules are meant once; the others' are hours a day. */
const ONCE: ReadonlySet<string> = new Set(["add_hours"]);
const QUEUE_DIMENSIONS: ReadonlySet<string> = new Set(["market", "queue"]);

/**
 * What a recommendation in reviewer-hours does to the chance of an SLA breach, by simulating the queue from where it stands. Null where it is
 * not in hours, is about something that is over, or about a segment whose cases nobody is rostered for (a category, a severity).
 */
export async function breachEffect(
  deviation: Deviation,
  { rule, effect }: Pick<Recommendation, "rule" | "effect">,
  asking: Asking,
  { facts, engine = postgresEngine(facts) }: Pick<BotParts, "facts" | "engine">,
): Promise<BreachEffect | null> {
  const { segment, period, zone } = deviation;
  const dimensions = Object.keys(segment);
  const isRostered = dimensions.length > 0 && dimensions.every((id) => QUEUE_DIMENSIONS.has(id));
  if (effect?.unit !== "hours" || !isRostered || period.to < shiftDay(dayIn(asking.now, zone), -1)) return null;
  const marks = await readWatermarks(engine, asking.catalog.watermarks);
  if (!marks.ok) return null;
  const throughMs = throughOf(["cases", "decisions"], marks.value.watermarks, asking.now);
  const load = await readQueueLoad(engine, {
    markets: segment.market ?? [],
    queues: segment.queue ?? [],
    throughMs,
    historyDays: HISTORY_DAYS,
  });
  if (!load.ok) return null;
  const until = nextMidnight(zone, asking.now);
  const ahead = (until - throughMs) / HOUR_MS;
  const queue = prepareQueue(load.value, throughMs, ahead);
  if (!queue) return null;
  const steps = queue.state.inflow.length;
  const hours = effect.value * (ONCE.has(rule) ? 1 : ahead / HOURS_A_DAY);
  const plain = breachOutlook(queue.state, steps, limits.slaTargetShare);
  const made = breachOutlook(queue.state, steps, limits.slaTargetShare, hoursOver(hours, steps, queue.worth));
  return { until: new Date(until).toISOString(), before: plain.probability, after: made.probability };
}

/** "Chance of an SLA breach until 18 Mar, 00:00: 41 % → 12 %", or that the hours do not move it. */
export function breachEffectText({ until, before, after }: BreachEffect, zone: string, asking: Asking): string {
  const values = {
    at: formatInstant(until, asking.locale, zone),
    before: chance(before, asking),
    after: chance(after, asking),
  };
  return asking.say(values.before === values.after ? "recommend.breach_same" : "recommend.breach", values);
}
