import type { Caveat, Finding, NextStep } from "../chat/answer.ts";
import { formatBucket, formatCount, formatInstant, formatValue } from "../chat/format.ts";
import {
  type BreachOutlook,
  breachOutlook,
  type ClearanceOutlook,
  clearanceOutlook,
  hoursFor,
  type Ranged,
} from "../insights/queueing/outlook.ts";
import type { Extra } from "../insights/queueing/simulate.ts";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { limits } from "../kernel/limits.ts";
import { blank, type Options, type Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import type { Engine } from "../queries/engine.ts";
import { dayOf, hourKey, instantOf } from "../queries/periods.ts";
import { type QueueLoad, readQueueLoad } from "../queries/queue-load.ts";
import { readWatermarks, throughOf } from "../queries/watermarks.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { filtersName } from "./names.ts";
import { type PreparedQueue, prepareQueue, STEPS_PER_HOUR } from "./queue-state.ts";
import { zoneOfQuestion } from "./zone-of.ts";

const HOUR_MS = 3_600_000;
const STEP_MS = HOUR_MS / STEPS_PER_HOUR;
export const HISTORY_DAYS = 56;
/** A night that is about to end is the next one. */
const LEAST_HOURS = 4;
const CLEAR_DAYS = 7;
const SHIFT_HOURS = 8;
/** Chance of a breach that a roster is planned for. */
const WANTED = 0.1;
const READS = ["cases", "decisions", "staffing"];

/** What is known when a question about the load of a queue is answered. */
interface Situation {
  readonly question: Question;
  readonly load: NonNullable<Options["load"]>;
  readonly queue: PreparedQueue;
  readonly read: QueueLoad;
  readonly zone: string;
  readonly throughMs: number;
}

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

/** The next local midnight that is at least four hours away: 06:00 where it is nearer. */
export function nextMidnight(zone: string, now: number): number {
  const midnight = instantOf(dayOf(now + 24 * HOUR_MS, zone), zone);
  return midnight - now >= LEAST_HOURS * HOUR_MS ? midnight : midnight + 6 * HOUR_MS;
}

type Said = Pick<Draft, "headline" | "echo" | "findings" | "charts" | "next" | "table" | "view">;

function breachWords({ question, load, queue, read, zone, throughMs }: Situation, until: number, asking: Asking): Said {
  const { say, locale } = asking;
  const target = load.target ?? limits.slaTargetShare;
  const within = queue.state.inflow.length;
  const extra = extraOf(load, queue);
  const plain = breachOutlook(queue.state, within, target);
  const made = extra ? breachOutlook(queue.state, within, target, extra) : plain;
  const at = formatInstant(new Date(until).toISOString(), locale, zone);
  const name = filtersName(question, asking) || say("total");
  const findings: Finding[] = [
    { code: "expected", text: say("breach.expected", { ...rangesOf(made, asking), due: rangeText(made.due, asking) }) },
    { code: "load", text: loadText(queue, asking) },
  ];
  if (extra) findings.unshift({ code: "with_extra", text: say("breach.with", changeOf(plain, made, load, asking)) });
  else findings.push({ code: "hours", text: hoursText(queue, within, target, plain, asking) });
  return {
    headline: say("breach.head", { name, at, p: chance(made.probability, asking), target: percent(target, asking) }),
    echo: say("breach.echo", { name, at, zone, target: percent(target, asking) }),
    findings,
    charts: [backlogPicture(clearanceOutlook(queue.state, 0, extra), read, throughMs, zone, name, asking, within)],
    next: nextOf(question, asking),
    table: breachTable(made, target),
    view: null,
  };
}

const breachTable = ({ probability, late, due, share }: BreachOutlook, target: number): Draft["table"] => ({
  columns: [
    { id: "p_breach", unit: "share" },
    { id: "target", unit: "share" },
    ...["late", "due"].flatMap((id) =>
      [id, `${id}.low80`, `${id}.high80`].map((each) => ({ id: each, unit: "count" })),
    ),
    ...["in_time", "in_time.low80", "in_time.high80"].map((id) => ({ id, unit: "share" })),
  ],
  rows: [[probability, target, ...[late, due, share].flatMap(({ median, low, high }) => [median, low, high])]],
});

function rangesOf({ share, late }: BreachOutlook, asking: Asking) {
  const write = (value: number): string => formatValue(value, "share", asking.locale);
  return {
    share: `${write(share.median)} (80 %: ${write(share.low)} – ${write(share.high)})`,
    late: rangeText(late, asking),
  };
}

const rangeText = ({ median, low, high }: Ranged, { locale }: Asking): string => {
  const write = (value: number): string => formatCount(Math.round(value), locale);
  return low === high ? write(median) : `${write(median)} (80 %: ${write(low)} – ${write(high)})`;
};

/** No simulation knows chances below one in a hundred. */
export function chance(p: number, asking: Asking): string {
  if (p < 0.01) return `< 1\u00a0%`;
  return p > 0.99 ? `> 99\u00a0%` : percent(p, asking);
}
const percent = (share: number, { locale }: Asking): string => `${formatCount(Math.round(100 * share), locale)}\u00a0%`;

function loadText({ neededHours, staffedHours }: PreparedQueue, asking: Asking): string {
  const hours = (value: number): string => formatCount(Math.round(10 * value) / 10, asking.locale);
  return asking.say("breach.load", { needed: hours(neededHours), staffed: hours(staffedHours) });
}

function hoursText(queue: PreparedQueue, within: number, target: number, plain: BreachOutlook, asking: Asking): string {
  if (plain.probability <= WANTED) return asking.say("breach.enough");
  const short = hoursFor(queue.state, within, target, queue.worth, WANTED);
  if (short === null || short.hours > 10 * (queue.staffedHours + queue.neededHours))
    return asking.say("breach.other_reasons", { share: percent(queue.lateness, asking) });
  return asking.say("breach.short", {
    hours: short.hours,
    before: chance(plain.probability, asking),
    after: chance(short.probability, asking),
  });
}

function changeOf(plain: BreachOutlook, made: BreachOutlook, load: Situation["load"], asking: Asking) {
  return {
    people: load.people ?? 0,
    hours: load.hours ?? SHIFT_HOURS,
    before: chance(plain.probability, asking),
    after: chance(made.probability, asking),
  };
}

/** So many people from now on for so many hours, or for a shift. */
function extraOf(load: Situation["load"], { worth }: PreparedQueue): Extra | undefined {
  if (!load.people) return undefined;
  const hours = load.hours ?? SHIFT_HOURS;
  return {
    casesPerStep: (load.people * worth.casesPerHour) / STEPS_PER_HOUR,
    servers: load.people,
    steps: Math.round(hours * STEPS_PER_HOUR),
  };
}

function clearWords({ question, load, queue, read, zone, throughMs }: Situation, asking: Asking): Said {
  const { say } = asking;
  const extra = extraOf(load, queue);
  const clearAt = clearLevel(queue);
  const plain = clearanceOutlook(queue.state, clearAt);
  const made = extra ? clearanceOutlook(queue.state, clearAt, extra) : plain;
  const name = filtersName(question, asking) || say("total");
  const open = formatCount(read.open.length, asking.locale);
  const when = (outlook: ClearanceOutlook): string => timeText(outlook, throughMs, zone, asking);
  const hours = load.hours ?? SHIFT_HOURS;
  const withPeople = extra ? say("clear.with", { people: load.people ?? 0, hours }) : "";
  const key = read.open.length <= clearAt ? "clear.now" : made.steps ? "clear.head" : "clear.never";
  const findings: Finding[] = [];
  if (extra && read.open.length > clearAt)
    findings.push({
      code: "without",
      text: plain.steps ? say("clear.without", { at: when(plain) }) : say("clear.without_never", { days: CLEAR_DAYS }),
    });
  findings.push({ code: "rates", text: ratesText(queue, asking) });
  findings.push({ code: "level", text: say("clear.level", { n: formatCount(Math.round(clearAt), asking.locale) }) });
  const past = made.steps ? Math.max(8, Math.ceil(1.3 * made.steps.high)) : queue.state.inflow.length;
  return {
    headline: say(key, { name, open, at: when(made), with: withPeople, days: CLEAR_DAYS }),
    echo: say("clear.echo", { name, with: (withPeople || say("clear.roster")).trim(), zone }),
    findings,
    charts: [backlogPicture(made, read, throughMs, zone, name, asking, past)],
    next: nextOf(question, asking),
    table: clearTable(made, plain, throughMs),
    view: null,
  };
}

/** Clear = no more than a quarter of an hour's work of those usually on duty. */
function clearLevel({ state }: PreparedQueue): number {
  const onDuty = state.capacity.filter((cases) => cases > 0);
  return Math.max(1, onDuty.reduce((sum, cases) => sum + cases, 0) / Math.max(1, onDuty.length));
}

function timeText({ steps }: ClearanceOutlook, throughMs: number, zone: string, asking: Asking): string {
  if (!steps) return "–";
  const write = (step: number): string =>
    Number.isFinite(step)
      ? formatBucket(new Date(throughMs + step * STEP_MS).toISOString(), "hour", asking.locale, zone)
      : asking.say("clear.later", { days: CLEAR_DAYS });
  return `${write(steps.median)} (80 %: ${write(steps.low)} – ${write(steps.high)})`;
}

function ratesText({ state, worth }: PreparedQueue, asking: Asking): string {
  const steps = Math.min(state.inflow.length, 24 * STEPS_PER_HOUR);
  const sum = (values: readonly number[]): number => values.slice(0, steps).reduce((total, value) => total + value, 0);
  const write = (value: number): string => formatCount(Math.round(value), asking.locale);
  return asking.say("clear.rates", {
    inflow: write(sum(state.inflow)),
    capacity: write(sum(state.capacity)),
    each: formatCount(Math.round(10 * worth.casesPerHour) / 10, asking.locale),
  });
}

function clearTable(made: ClearanceOutlook, plain: ClearanceOutlook, throughMs: number): Draft["table"] {
  const instants = ({ steps }: ClearanceOutlook) =>
    steps
      ? [steps.median, steps.low, steps.high].map((step) =>
          Number.isFinite(step) ? new Date(throughMs + step * STEP_MS).toISOString() : null,
        )
      : [null, null, null];
  return {
    columns: [
      { id: "plan", unit: null },
      ...["clear_at", "clear_at.low80", "clear_at.high80"].map((id) => ({ id, unit: null })),
      { id: "clears", unit: "share" },
    ],
    rows: [
      ["asked", ...instants(made), made.clears],
      ["roster", ...instants(plain), plain.clears],
    ],
  };
}

const POINTS_MAX = 60;

/** Open cases from now on: the median path in its 80 % range. */
function backlogPicture(
  { backlog }: ClearanceOutlook,
  read: QueueLoad,
  throughMs: number,
  zone: string,
  name: string,
  asking: Asking,
  steps: number,
): ChartSpec {
  const shown = backlog.slice(0, steps);
  const every = Math.max(1, Math.ceil(shown.length / POINTS_MAX));
  const label = (ms: number): string => formatBucket(new Date(ms).toISOString(), "hour", asking.locale, zone);
  const open = read.open.length;
  const points = shown
    .map(({ median, low, high }, i) => ({ at: throughMs + (i + 1) * STEP_MS, median, low, high, i }))
    .filter(({ i }) => (i + 1) % every === 0)
    .map(({ at, median, low, high }) => ({
      x: hourKey(at, zone),
      label: label(at),
      y: median,
      inner: { low, high },
      provisional: true,
    }));
  const first = { x: hourKey(throughMs, zone), label: label(throughMs), y: open, inner: { low: open, high: open } };
  const last = points.at(-1);
  const title = asking.say("clear.chart", {
    name,
    open: formatCount(open, asking.locale),
    later: formatCount(Math.round(last?.y ?? 0), asking.locale),
    at: last?.label ?? "",
  });
  return {
    kind: "line",
    title,
    subtitle: asking.say("clear.chart.subtitle", { zone }),
    unit: "count",
    locale: asking.locale,
    note: asking.say("clear.chart.note"),
    series: [{ name: asking.say("clear.chart.series"), role: "main", points: [first, ...points] }],
  };
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

function nextOf(question: Question, asking: Asking): NextStep[] {
  const { load } = question.options;
  const other = load?.ask === "breach" ? "clear" : "breach";
  const plain: Question = { ...question, options: {} };
  const ask = (options: NonNullable<Options["load"]>): Question => ({ ...plain, options: { load: options } });
  const people = asking.say("clear.people", { people: 2, hours: SHIFT_HOURS });
  const steps: NextStep[] = [
    { label: asking.say(`next.${other}`), question: ask({ ask: other }) },
    { label: people, question: ask({ ask: load?.ask ?? "clear", people: 2, hours: SHIFT_HOURS }) },
  ];
  if (asking.catalog.metrics.has("backlog"))
    steps.push({
      label: asking.say("next.backlog"),
      question: {
        ...blank("metric"),
        metrics: ["backlog"],
        filters: question.filters,
        by: question.filters.queue ? ["severity"] : ["queue"],
        options: { at: `${new Date(asking.now).toISOString().slice(0, 16)}+00:00` },
      },
    });
  return steps;
}
