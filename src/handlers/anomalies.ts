import type { Answer, NextStep } from "../chat/answer.ts";
import { formatPeriod, formatValue } from "../chat/format.ts";
import type { Deviation } from "../kernel/deviation.ts";
import { limits } from "../kernel/limits.ts";
import { blank, type Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { composeDigest, type Digest } from "./digest/digest.ts";
import { findingLine, segmentName } from "./digest/finding-words.ts";
import { aside, findingDetails, healthOf } from "./digest/notes.ts";
import { echoOf } from "./echo.ts";
import { metricName } from "./names.ts";
import type { BotParts } from "./parts.ts";
import { daysBetween, shiftDay } from "./scan/days.ts";

/**
 * What left its expectation in the period (null = on the newest days, as in a digest): in sentences with driver and action, as a table, the first one as a picture with its band. Over more
 * than a week it also says on which days it would have fired.
 */
export async function answerAnomalies(
  question: Question,
  asking: Asking,
  parts: Pick<BotParts, "facts" | "writer" | "engine">,
): Promise<Result<Draft, Refusal>> {
  const blind = question.metrics.filter((id) => !asking.catalog.metrics.get(id)?.scan);
  if (blind.length > 0) return err(notScanned(question, blind, asking));
  const { period } = question;
  const days = period === null ? 1 : daysBetween(period.from.slice(0, 10), period.to.slice(0, 10));
  if (days > limits.scanDaysMax) return err({ code: "period_too_long", params: { limit: limits.scanDaysMax } });
  const started = performance.now();
  const zone = zoneOf(question, asking);
  const composed = await composeDigest(
    { filters: question.filters, metrics: question.metrics, period, channel: null },
    { ...asking, zone },
    parts,
  );
  if (!composed.ok) return composed;
  const draft = wordsOf(composed.value, question, days, { ...asking, zone });
  return ok({ ...draft, timing: { query: performance.now() - started, insight: 0 } });
}

/** Days are those of the market when one is filtered. */
function zoneOf({ filters }: Question, { catalog, zone }: Asking): string {
  const values = catalog.zoned ? filters[catalog.zoned.dimension] : undefined;
  return (values?.length === 1 && catalog.zoned?.zones.get(values[0] ?? "")) || zone;
}

/** Metrics without a scan; those of the same group that have one are offered. */
function notScanned(question: Question, blind: readonly string[], asking: Asking): Refusal {
  const groups = new Set(blind.map((id) => asking.catalog.metrics.get(id)?.group));
  const others = [...asking.catalog.metrics.values()].filter(({ scan, group }) => scan !== null && groups.has(group));
  return {
    code: "not_scanned",
    params: { metrics: blind.map((id) => metricName(asking.catalog, id, asking.language)).join(", ") },
    instead: others.slice(0, limits.nearestMax).map(({ id }) => ({ ...question, metrics: [id] })),
  };
}

function wordsOf(digest: Digest, question: Question, days: number, asking: Asking): Draft {
  const { findings, more, normal, health } = digest;
  const [first] = findings;
  const all = findings.flatMap(({ deviation, also }) => [deviation, ...also]);
  return {
    ...blankDraft(asking, question, "answered"),
    headline: first
      ? asking.say("anomalies.head", {
          n: findings.length + more,
          series: normal.series,
          first: findingLine(first.deviation, asking),
        })
      : normal.series === 0
        ? asking.say("anomalies.nothing")
        : asking.say("anomalies.none", { n: normal.metrics, series: normal.series }),
    echo: echoOf({ ...question, period: question.period ?? newest(digest) }, asking, asking.zone),
    body: [
      ...healthOf(digest, asking),
      ...findings.map((finding, index) =>
        [...(index === 0 ? [] : [findingLine(finding.deviation, asking)]), ...findingDetails(finding, asking)].join(
          "\n",
        ),
      ),
      ...(days > 7 && all.length > 0 ? [firedLine(all, days, asking)] : []),
      ...(isDigest(question) ? aside(digest, asking) : []),
    ].filter((text) => text !== ""),
    table: tableOf(all),
    view:
      findings.length > 1
        ? viewOf(
            findings.map(({ deviation }) => deviation),
            more,
            asking,
          )
        : null,
    charts: findings.flatMap(({ chart }) => chart ?? []).slice(0, 1),
    findings: [],
    caveats: [
      ...(health.unjudged.length > 0
        ? [
            {
              code: "unjudged",
              text: asking.say("anomalies.unjudged", {
                metrics: health.unjudged.map((id) => metricName(asking.catalog, id, asking.language)).join(", "),
              }),
            },
          ]
        : []),
      { code: "method", text: asking.say("anomalies.method") },
    ],
    next: nextOf(digest, question, asking),
    sql: digest.sql,
    dataThrough: null,
    dataLine: "",
  };
}

/** Everything on the newest days is what a morning's digest says. */
const isDigest = ({ metrics, period }: Question): boolean => metrics.length === 0 && period === null;
const newest = ({ day }: Digest) => ({ from: day, to: shiftDay(day, 1) });

/** Had the scan run on each of these days: on which of them it would have spoken. */
function firedLine(deviations: readonly Deviation[], days: number, asking: Asking): string {
  const starts = [...new Set(deviations.map(({ period }) => period.from))].sort();
  const shown = starts
    .slice(0, FIRED_SHOWN_MAX)
    .map((day) => formatPeriod({ from: day, to: shiftDay(day, 1) }, asking.locale, asking.zone));
  const list = starts.length > shown.length ? `${shown.join(", ")}, …` : shown.join(", ");
  return asking.say("anomalies.fired", { n: starts.length, days, list });
}
const FIRED_SHOWN_MAX = 6;

function tableOf(deviations: readonly Deviation[]): Answer["table"] {
  const columns = [
    "metric",
    "segment",
    "kind",
    "direction",
    "from",
    "to",
    "value",
    "expected",
    "low",
    "high",
    "n",
    "p",
    "q",
  ];
  return {
    columns: columns.map((id) => ({ id, unit: null })),
    rows: deviations.map((one) => [
      one.metric,
      JSON.stringify(one.segment),
      one.kind,
      one.direction,
      one.period.from,
      one.period.to,
      one.value,
      one.expected,
      one.low,
      one.high,
      one.n,
      one.p,
      one.q,
    ]),
  };
}

function viewOf(deviations: readonly Deviation[], more: number, asking: Asking): Draft["view"] {
  const said = (one: Deviation, value: number): string => {
    const unit = asking.catalog.metrics.get(one.metric)?.unit ?? "number";
    return formatValue(unit === "count" ? Math.round(value) : value, unit, asking.locale);
  };
  const label = (key: "column.metric" | "column.segment" | "column.when" | "column.value" | "column.expected") =>
    asking.say(key);
  return {
    columns: [
      { label: label("column.metric"), align: "left" },
      { label: label("column.segment"), align: "left" },
      { label: label("column.when"), align: "left" },
      { label: label("column.value"), align: "right" },
      { label: label("column.expected"), align: "right" },
    ],
    rows: deviations.map((one) => [
      metricName(asking.catalog, one.metric, asking.language),
      segmentName(one.segment, asking),
      formatPeriod(one.period, asking.locale, one.zone),
      one.kind === "variance" ? `× ${one.value.toFixed(1)}` : said(one, one.value),
      one.kind === "variance" ? "× 1" : `${said(one, one.low)} – ${said(one, one.high)}`,
    ]),
    more,
  };
}

/** Why the first, the first as a number, and the same question over two months. */
function nextOf(digest: Digest, question: Question, asking: Asking): NextStep[] {
  const [first] = digest.findings;
  const wide = { from: shiftDay(digest.day, 1 - limits.scanDaysMax), to: shiftDay(digest.day, 1) };
  const steps: NextStep[] = first
    ? [
        { label: asking.say("next.why"), question: { ...first.question, kind: "why" } },
        { label: metricName(asking.catalog, first.deviation.metric, asking.language), question: first.question },
        { label: asking.say("next.trend"), question: { ...first.question, compare: null, grain: "day", period: wide } },
      ]
    : [];
  const isWide =
    question.period !== null && daysBetween(question.period.from.slice(0, 10), question.period.to.slice(0, 10)) > 30;
  return isWide
    ? steps
    : [
        ...steps,
        {
          label: formatPeriod(wide, asking.locale, asking.zone),
          question: { ...blank("anomalies"), ...question, period: wide },
        },
      ];
}
