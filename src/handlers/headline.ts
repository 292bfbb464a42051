import type { Metric } from "../catalog/catalog.ts";
import type { AnswerValue } from "../chat/answer.ts";
import { formatBucket, formatCount, formatMagnitude, formatValue } from "../chat/format.ts";
import { OTHER } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import { filtersName, metricName, nameable, rowName, windowName } from "./names.ts";
import { funnelSentence, isOfPeople } from "./people.ts";
import type { Numbers } from "./rows.ts";

/**
 * The answer in one line per metric: "Overturn rate 6.1 % (312 of 5,118) · lowest ID 4.4 %, highest VN 9.0 %, up 1.2 pp vs 16 Feb–1 Mar".
 */
export function headlineOf(
  numbers: Numbers,
  question: Question,
  metrics: readonly Metric[],
  asking: Asking,
  zone: string | null,
): string {
  const filters = filtersName(question, asking);
  const lines = metrics.map((metric) => {
    const total = numbers.totals.get(metric.id);
    const rows = numbers.rows.filter((row) => row.metric === metric.id);
    const parts = [
      totalPart(metric, total, rows, question, asking),
      extremesPart(rows, total, question, asking),
      comparePart(total, question, asking, zone),
    ];
    return parts.filter((part) => part !== "").join(" · ");
  });
  return [filters, ...lines].filter((part) => part !== "").join(filters && lines.length === 1 ? ": " : "; ");
}

function totalPart(
  metric: Metric,
  total: AnswerValue | undefined,
  rows: readonly AnswerValue[],
  question: Question,
  asking: Asking,
): string {
  const name = metricName(asking.catalog, metric.id, asking.language);
  // A moment read at many buckets has no total; its last value is the news.
  if (metric.moment && question.grain !== "total") return `${name} ${movement(rows, asking)}`;
  if (!total) return name;
  if (total.flags.includes("no_data")) return `${name}: ${asking.say("no_data")}`;
  if (total.flags.includes("suppressed")) return `${name}: ${asking.say("suppressed")}`;
  // Rows but no value: so many are still open that the curve does not come down to the quantile.
  if (total.value === null) return `${name}: ${asking.say("not_reached")}${basis(total, asking)}`;
  return `${name} ${formatValue(total.value, total.unit, asking.locale)}${basis(total, asking)}`;
}

/** "(312 of 5,118)", "(weighted, 812 labels, effective n 240)", "(n = 5,118)". */
function basis(value: AnswerValue, asking: Asking): string {
  const count = (number: number): string => formatCount(number, asking.locale);
  if (value.neff !== null && value.n !== null) {
    return ` (${asking.say("weighted_of", { n: count(value.n), neff: count(Math.round(value.neff)) })})`;
  }
  if (value.unit === "share" && value.numerator !== null && value.denominator !== null) {
    return ` (${asking.say("of", { numerator: count(value.numerator), denominator: count(value.denominator) })})`;
  }
  if (value.unit !== "count" && value.n !== null) return ` (${asking.say("n", { n: count(value.n) })})`;
  return "";
}

function movement(rows: readonly AnswerValue[], asking: Asking): string {
  const known = rows.filter((row) => row.value !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return asking.say("no_data");
  return asking.say("from_to", {
    first: formatValue(first.value, first.unit, asking.locale),
    last: formatValue(last.value, last.unit, asking.locale),
  });
}

function extremesPart(
  rows: readonly AnswerValue[],
  total: AnswerValue | undefined,
  question: Question,
  asking: Asking,
): string {
  const isSplit = question.by.length > 0 && question.grain === "total";
  const isSeries = question.by.length === 0 && question.grain !== "total";
  if (!isSplit && !isSeries) return "";
  if (isSplit && isOfPeople(question, asking.catalog)) return funnelSentence(rows, total, question, asking) ?? "";
  const named = nameable(rows.filter((row) => !isFolded(row, question)));
  if (named.length < 2) return "";
  const sorted = [...named].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high || low.value === high.value) return "";
  const name = (row: AnswerValue): string =>
    isSplit
      ? rowName(row.key ?? {}, question.by, asking)
      : formatBucket(row.key?.bucket ?? "", question.grain, asking.locale, asking.zone);
  const said = (row: AnswerValue): { name: string; value: string } => ({
    name: name(row),
    value: formatValue(row.value, row.unit, asking.locale),
  });
  return `${asking.say("lowest", said(low))}, ${asking.say("highest", said(high))}`;
}

function comparePart(total: AnswerValue | undefined, question: Question, asking: Asking, zone: string | null): string {
  const compare = total?.compare;
  if (!total || !compare || !question.compare || compare.difference === null) return "";
  const period = windowName(question.compare, asking, zone);
  if (compare.difference === 0) return asking.say("flat", { period });
  const size = formatMagnitude(compare.difference, total.unit, asking.locale);
  const moved = asking.say(compare.difference > 0 ? "up" : "down", { size, period });
  return compare.verdict ? `${moved} (${asking.say(compare.verdict)})` : moved;
}

const isFolded = (row: AnswerValue, question: Question): boolean =>
  question.by.some((dimension) => row.key?.[dimension] === OTHER || row.key?.[dimension] === null);
