import type { Metric } from "../catalog/catalog.ts";
import type { AnswerValue, Finding, NextStep, TableView } from "../chat/answer.ts";
import { formatDifference, formatInstant, formatPeriod, formatValue } from "../chat/format.ts";
import type { LedgerEntry } from "../kernel/ledger.ts";
import { limits } from "../kernel/limits.ts";
import { blank, type Period, type Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import { readLedger } from "../queries/changes.ts";
import { dayOf, spanOf } from "../queries/periods.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { echoOf } from "./echo.ts";
import { answerEvent } from "./event.ts";
import { kindName, PASSING, placesName } from "./ledger-words.ts";
import { filtersName, metricName, shownMetrics, windowName } from "./names.ts";
import type { BotParts } from "./parts.ts";
import { numbersOf } from "./rows.ts";
import { driverOf } from "./why/driver-line.ts";
import { zoneOfQuestion } from "./zone-of.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
/** Numbers looked at where none is named. */
const METRICS_MAX = 8;
const MOVERS_MAX = 5;
/** Standard errors; with eight numbers looked at, chance reaches them once in a hundred answers. */
const BEYOND_CHANCE = 3.2;
/** Counts of events scatter more than independent ones. */
const OVERDISPERSION = 2;
/** What changed: entries of the ledger that began in the period or were passing in it, and the numbers that moved beyond chance. */
export async function answerChanges(
  parts: Pick<BotParts, "facts" | "writer">,
  question: Question,
  asking: Asking,
): Promise<Result<Draft, Refusal>> {
  if (question.options.event) return answerEvent(parts.writer, question, question.options.event, asking);
  const started = performance.now();
  const zone = zoneOfQuestion(question, asking);
  const period = question.period ?? lastDays(asking.now, zone, DEFAULT_DAYS);
  const asked: Question = { ...question, period };
  const span = spanOf(period, zone);
  const read = await readLedger(parts.facts, {
    fromMs: span.from,
    toMs: span.to,
    markets: question.filters.market ?? [],
    queues: question.filters.queue ?? [],
    max: 10 * limits.ledgerShownMax,
  });
  if (!read.ok) return read;
  const entries = read.value.changes.filter(
    ({ kind, startsAt }) => PASSING.has(kind) || Date.parse(startsAt) >= span.from,
  );
  const moved = await moversOf(asked, asking);
  const name = [filtersName(question, asking), windowName(period, asking, zone)]
    .filter((part) => part !== "")
    .join(" · ");
  const headline = asking.say(entries.length > 0 ? "changes.head" : "changes.none", {
    period: name,
    n: entries.length,
  });
  return ok({
    ...blankDraft(asking, question, "answered"),
    headline,
    echo: echoOf(asked, asking, zone),
    body: entries.length > 0 ? [asking.say("changes.suspect")] : [asking.say("changes.how")],
    findings: moved.findings,
    table: {
      columns: ["starts_at", "ends_at", "kind", "title", "markets", "queues"].map((id) => ({ id, unit: null })),
      rows: entries.map(({ startsAt, endsAt, kind, title, markets, queues }) => [
        startsAt,
        endsAt,
        kind,
        title,
        markets ?? [],
        queues ?? [],
      ]),
    },
    view: viewOfLedger(entries, zone, asking),
    values: moved.values,
    next: [...moved.next, ...nextOf(question, asking, zone)].slice(0, 5),
    sql: [read.value.sql, ...moved.sql],
    dataThrough: moved.dataThrough,
    timing: { query: performance.now() - started, insight: 0 },
  });
}

function lastDays(now: number, zone: string, days: number): Period {
  return { from: dayOf(now - days * DAY_MS, zone), to: dayOf(now + DAY_MS, zone) };
}

function viewOfLedger(entries: readonly LedgerEntry[], zone: string, asking: Asking): TableView | null {
  if (entries.length === 0) return null;
  const { say, locale } = asking;
  const columns = ["since", "until", "kind", "title", "where"] as const;
  const shown = entries.slice(-limits.ledgerShownMax).reverse();
  return {
    columns: columns.map((id) => ({ label: say(`changes.column.${id}`), align: "left" })),
    rows: shown.map((entry) => [
      formatInstant(entry.startsAt, locale, zone),
      entry.endsAt === null ? say("changes.stays") : formatInstant(entry.endsAt, locale, zone),
      kindName(entry.kind, asking),
      entry.title,
      placesName(entry, asking),
    ]),
    more: entries.length - shown.length,
  };
}

type Moved = Pick<Draft, "findings" | "values" | "next" | "sql" | "dataThrough">;

/** The metrics named, or plain counts and rates of the catalog, against the period compared with. */
async function moversOf(question: Question, asking: Asking): Promise<Moved> {
  const nothing: Moved = { findings: [], values: [], next: [], sql: [], dataThrough: null };
  if (!question.compare) return nothing;
  const metrics = question.metrics.length > 0 ? shownMetrics(question, asking.catalog) : usualMetrics(question, asking);
  const plain: Question = {
    ...question,
    kind: "metric",
    metrics: metrics.map(({ id }) => id),
    by: [],
    grain: "total",
    options: {},
  };
  const measured = await asking.measure(plain, { catalog: asking.catalog, now: asking.now, zone: asking.zone });
  if (!measured.ok) return nothing;
  const { rows } = numbersOf(measured.value, plain, metrics, asking.catalog);
  const movers = rows
    .map((row) => ({ row, z: distance(row) }))
    .filter(({ z }) => Math.abs(z) >= BEYOND_CHANCE)
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
    .slice(0, MOVERS_MAX)
    .map(({ row }) => row);
  const name = (id: string): string => metricName(asking.catalog, id, asking.language);
  const period = windowName(question.compare, asking, measured.value.zone);
  const findings: Finding[] =
    movers.length === 0
      ? [{ code: "still", text: asking.say("changes.still", { period }) }]
      : [
          { code: "moved", text: asking.say("changes.moved", { period }) },
          ...(await Promise.all(movers.map((row) => moverFinding(row, plain, name(row.metric), asking)))),
        ];
  const [first] = movers;
  return {
    findings,
    values: movers,
    next: first
      ? [
          {
            label: `${asking.say("next.why")} ${name(first.metric)}`,
            question: { ...plain, kind: "why", metrics: [first.metric] },
          },
        ]
      : [],
    sql: measured.value.sql,
    dataThrough: measured.value.dataThrough,
  };
}

/** "Inflow −1,101 (6,036 → 4,935), mostly market ID, VN: −588 of −1,101"; where the segments moved alike, that. */
async function moverFinding(row: AnswerValue, plain: Question, name: string, asking: Asking): Promise<Finding> {
  const driver = await driverOf({ ...plain, metrics: [row.metric] }, asking);
  const said = `${name} ${changeText(row, asking)}`;
  if (!driver) return { code: "mover", text: said };
  const cause = driver.separates ? driver.text : asking.say("changes.alike");
  return { code: "mover", text: asking.say("changes.driver", { what: said, driver: cause }) };
}

/** Counts and shares that need no more than one pass over their facts. */
function usualMetrics(question: Question, { catalog }: Asking): Metric[] {
  const used = Object.keys(question.filters).map((key) => key.replace(/^!/, ""));
  return [...catalog.metrics.values()]
    .filter(({ definition, moment, shows }) => !moment && shows.length === 0 && CHEAP.has(definition.kind))
    .filter(({ dimensions }) => used.every((dimension) => dimensions.includes(dimension)))
    .slice(0, METRICS_MAX);
}
const CHEAP: ReadonlySet<string> = new Set(["count", "proportion"]);

/** Standard errors between the two periods; 0 where it cannot be said. */
function distance({ value, unit, compare }: AnswerValue): number {
  if (value === null || compare?.value == null || compare.difference === null) return 0;
  const { difference, differenceLow: low, differenceHigh: high } = compare;
  if (low !== null && high !== null && high > low) return difference / ((high - low) / 3.92);
  return unit === "count" ? difference / Math.sqrt(OVERDISPERSION * Math.max(1, value + compare.value)) : 0;
}

function changeText({ value, unit, compare }: AnswerValue, { locale }: Asking): string {
  const before = compare?.value ?? null;
  return `${formatDifference(compare?.difference ?? 0, unit, locale)} (${formatValue(before, unit, locale)} → ${formatValue(value, unit, locale)})`;
}

function nextOf(question: Question, asking: Asking, zone: string): NextStep[] {
  const month: Question = {
    ...blank("changes"),
    filters: question.filters,
    period: lastDays(asking.now, zone, 30),
  };
  const steps: NextStep[] = [{ label: asking.say("next.ledger"), question: month }];
  const inflow = asking.catalog.metrics.get(question.metrics[0] ?? "") ?? [...asking.catalog.metrics.values()][0];
  if (inflow && question.period)
    steps.push({
      label: `${metricName(asking.catalog, inflow.id, asking.language)} · ${formatPeriod(lastDays(asking.now, zone, 28), asking.locale, zone)}`,
      question: {
        ...blank("metric"),
        metrics: [inflow.id],
        filters: question.filters,
        period: lastDays(asking.now, zone, 28),
        grain: "day",
      },
    });
  return steps;
}
