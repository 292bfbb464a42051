import type { Caveat } from "../../chat/answer.ts";
import { formatInstant, formatValue } from "../../chat/format.ts";
import type { Options, Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import type { Engine } from "../../queries/engine.ts";
import { readQueueLoad } from "../../queries/queue-load.ts";
import { readWatermarks, throughOf } from "../../queries/watermarks.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import { zoneOfQuestion } from "../zone-of.ts";
import { breachWords } from "./breach.ts";
import { clearWords } from "./clear.ts";
import { CLEAR_DAYS, HISTORY_DAYS, HOUR_MS, nextMidnight, percent, type Situation } from "./situation.ts";
import { prepareQueue } from "./state.ts";

const READS = ["cases", "decisions", "staffing"];

/** "Will we breach the SLA tonight?", "when is the backlog clear if I add 12 people for 6 h?": by simulating the queue from where it stands. */
export async function answerQueueOutlook(
  question: Question,
  asking: Asking,
  facts: Engine,
): Promise<Result<Draft, Refusal>> {
  const { load } = question.options;
  if (!load) return err({ code: "not_available", params: { kind: "forecast" } });
  const other = Object.keys(question.filters).find((key) => !DIMENSIONS.includes(key));
  if (other !== undefined) return err(tooNarrow(question, other));
  const asked = performance.now();
  const zone = zoneOfQuestion(question, asking);
  const marks = await readWatermarks(facts, asking.catalog.watermarks);
  if (!marks.ok) return marks;
  const throughMs = throughOf(READS.slice(0, 2), marks.value.watermarks, asking.now);
  const read = await readQueueLoad(facts, {
    markets: question.filters.market ?? [],
    queues: question.filters.queue ?? [],
    throughMs,
    historyDays: HISTORY_DAYS,
  });
  if (!read.ok) return read;
  const queried = performance.now();
  const until = untilOf(load, zone, asking.now);
  const hours = load.ask === "breach" ? (until - throughMs) / HOUR_MS : 24 * CLEAR_DAYS;
  const queue = prepareQueue(read.value, throughMs, hours);
  if (!queue) return err({ code: "no_staffing", params: {} });
  const situation: Situation = { question, load, queue, read: read.value, zone, throughMs };
  const said = load.ask === "breach" ? breachWords(situation, until, asking) : clearWords(situation, asking);
  return ok({
    ...blankDraft(asking, question, "answered"),
    ...said,
    caveats: [...assumptionsOf(situation, asking)],
    sql: [...(marks.value.record ? [marks.value.record] : []), ...read.value.sql],
    dataThrough: new Date(throughMs).toISOString(),
    dataLine: asking.say("data", { at: formatInstant(new Date(throughMs).toISOString(), asking.locale, zone), zone }),
    timing: { query: queried - asked, insight: performance.now() - queried },
  });
}

/** Cases are worked off by market and queue; who of them is of which severity no roster knows. */
function tooNarrow(question: Question, key: string): Refusal {
  const filters = Object.fromEntries(Object.entries(question.filters).filter(([name]) => DIMENSIONS.includes(name)));
  const params = {
    metric: question.metrics[0] ?? "backlog",
    dimension: key.replace(/^!/, ""),
    possible: DIMENSIONS.join(", "),
  };
  return { code: "dimension_not_of_metric", params, instead: [{ ...question, filters }] };
}
const DIMENSIONS: readonly string[] = ["market", "queue"];

/** So many hours ahead, or the end of the day. */
function untilOf({ within }: NonNullable<Options["load"]>, zone: string, now: number): number {
  return within === undefined ? nextMidnight(zone, now) : now + within * HOUR_MS;
}

/** What the arithmetic takes for granted, one line each. */
function assumptionsOf({ question, queue, throughMs }: Situation, asking: Asking): Caveat[] {
  const { say } = asking;
  const seconds = formatValue(queue.handleSeconds, "seconds", asking.locale);
  const lines: Caveat[] = [
    { code: "assumed_order", text: say("queue.order") },
    {
      code: "assumed_roster",
      text: say(queue.plannedHours > 0 ? "queue.roster_planned" : "queue.roster_usual"),
    },
    {
      code: "assumed_handling",
      text: say("queue.handling", { seconds, share: percent(queue.productiveShare, asking) }),
    },
    { code: "assumed_lateness", text: say("queue.lateness", { share: percent(queue.lateness, asking) }) },
  ];
  if (!question.filters.queue) lines.push({ code: "assumed_pool", text: say("queue.pool") });
  const behind = Math.floor((asking.now - throughMs) / HOUR_MS);
  if (behind >= 1) lines.push({ code: "late", text: say("caveat.late", { source: READS[0] ?? "", hours: behind }) });
  return lines;
}
