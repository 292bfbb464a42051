import type { Metric } from "../catalog/catalog.ts";
import type { AnswerTable, AnswerValue, TableView } from "../chat/answer.ts";
import { formatBucket, formatCount, formatDifference, formatValue } from "../chat/format.ts";
import { limits } from "../kernel/limits.ts";
import type { RowKey } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import { dimensionName, metricName, valueName } from "./names.ts";

/** Columns of a metric in the machine table, after its own: which exist depends on the rows. */
const DETAILS = ["n", "low", "high", "numerator", "denominator"] as const;

/** What immature cohorts will read once they are final. */
const NOWCAST = ["nowcast", "nowcast_low", "nowcast_high"] as const;

/** The machine form: ids as column names, full precision, one row per key, rows in the order of the first metric. */
export function tableOf(rows: readonly AnswerValue[], question: Question, metrics: readonly Metric[]): AnswerTable {
  const keys = distinctKeys(rows);
  const byCell = cellsOf(rows);
  const keyColumns = keyColumnsOf(question);
  const columns: { id: string; unit: string | null }[] = keyColumns.map((id) => ({ id, unit: null }));
  const readers: ((key: string) => string | number | null | readonly string[])[] = [];
  for (const metric of metrics) {
    const mine = rows.filter((row) => row.metric === metric.id);
    const read =
      <T>(pick: (value: AnswerValue) => T) =>
      (key: string): T | null => {
        const value = byCell.get(`${metric.id} ${key}`);
        return value ? pick(value) : null;
      };
    columns.push({ id: metric.id, unit: metric.unit });
    readers.push(read((value) => value.value));
    for (const detail of DETAILS) {
      if (mine.every((value) => value[detail] === null)) continue;
      columns.push({ id: `${metric.id}.${detail}`, unit: detail === "low" || detail === "high" ? metric.unit : null });
      readers.push(read((value) => value[detail]));
    }
    if (question.compare) {
      columns.push({ id: `${metric.id}.compare`, unit: metric.unit });
      readers.push(read((value) => value.compare?.value ?? null));
    }
    for (const detail of NOWCAST) {
      if (mine.every((value) => value.extra?.[detail] == null)) continue;
      columns.push({ id: `${metric.id}.${detail}`, unit: metric.unit });
      readers.push(read((value) => value.extra?.[detail] ?? null));
    }
    columns.push({ id: `${metric.id}.flags`, unit: null });
    readers.push(read((value) => value.flags));
  }
  return {
    columns,
    rows: keys.map(([id, key]) => [
      ...keyColumns.map((column) => key[column] ?? null),
      ...readers.map((read) => read(id)),
    ]),
  };
}

/** The human form; null where there is one row, which the headline says. */
export function viewOf(
  rows: readonly AnswerValue[],
  question: Question,
  metrics: readonly Metric[],
  asking: Asking,
): TableView | null {
  const keys = distinctKeys(rows);
  if (keys.length < 2 && question.options.form !== "table") return null;
  const byCell = cellsOf(rows);
  const { say, locale } = asking;
  const keyColumns = keyColumnsOf(question);
  const columns: { label: string; align: "left" | "right" }[] = keyColumns.map((id) => ({
    label: id === "bucket" ? say("column.bucket") : dimensionName(asking.catalog, id, asking.language),
    align: "left",
  }));
  const readers: ((key: string) => string)[] = [];
  const add = (label: string, read: (key: string) => string, align: "left" | "right" = "right"): void => {
    columns.push({ label, align });
    readers.push(read);
  };
  for (const metric of metrics) {
    const cell = (key: string): AnswerValue | undefined => byCell.get(`${metric.id} ${key}`);
    const mine = rows.filter((row) => row.metric === metric.id);
    add(metricName(asking.catalog, metric.id, asking.language), (key) => shownValue(cell(key), asking));
    if (question.compare) {
      add(say("column.compare"), (key) => formatValue(cell(key)?.compare?.value ?? null, metric.unit, locale));
      add(say("column.change"), (key) => {
        const difference = cell(key)?.compare?.difference;
        return difference == null ? "–" : formatDifference(difference, metric.unit, locale);
      });
    }
    if (metrics.length > 1) continue;
    const level = mine.find((row) => row.level !== null)?.level;
    if (level && !question.compare)
      add(say("column.range", { level: `${Math.round(level * 100)} %` }), (key) => range(cell(key), asking));
    if (mine.some((row) => row.extra?.nowcast != null))
      add(say("column.nowcast"), (key) => expected(cell(key), asking));
    if (mine.some((row) => row.n !== null) && metric.unit !== "count") {
      add(say("column.n"), (key) => {
        const n = cell(key)?.n;
        return n == null ? "–" : formatCount(n, locale);
      });
    }
  }
  if (rows.some((row) => noteOf([row], asking) !== "")) {
    add(
      say("column.note"),
      (key) =>
        noteOf(
          metrics.flatMap((metric) => byCell.get(`${metric.id} ${key}`) ?? []),
          asking,
        ),
      "left",
    );
  }
  const shown = keys.slice(0, limits.viewRowsMax);
  return {
    columns,
    rows: shown.map(([id, key]) => [
      ...keyColumns.map((column) => keyText(column, key, question, asking)),
      ...readers.map((read) => read(id)),
    ]),
    more: keys.length - shown.length,
  };
}

function shownValue(value: AnswerValue | undefined, asking: Asking): string {
  if (!value) return "–";
  return formatValue(value.value, value.unit, asking.locale);
}

function range(value: AnswerValue | undefined, asking: Asking): string {
  if (!value || (value.low === null && value.high === null)) return "–";
  if (value.high === null) return asking.say("at_least", { value: formatValue(value.low, value.unit, asking.locale) });
  return `${formatValue(value.low, value.unit, asking.locale)} – ${formatValue(value.high, value.unit, asking.locale)}`;
}

/** "5.8 % (5.0 % – 6.8 %)": what an immature cohort will read. */
function expected(value: AnswerValue | undefined, asking: Asking): string {
  const { nowcast, nowcast_low: low, nowcast_high: high } = value?.extra ?? {};
  if (!value || nowcast == null || low == null || high == null) return "–";
  const said = (share: number): string => formatValue(share, value.unit, asking.locale);
  return `${said(nowcast)} (${said(low)} – ${said(high)})`;
}

function noteOf(values: readonly AnswerValue[], asking: Asking): string {
  const flags = [...new Set(values.flatMap((value) => value.flags))].map((flag) => asking.say(`flag.${flag}`));
  const verdicts = [...new Set(values.flatMap((value) => value.compare?.verdict ?? []))];
  // One metric has one verdict a row; of several it would not be clear whose it is.
  const verdict = values.length === 1 && verdicts[0] ? [asking.say(verdicts[0])] : [];
  return [...verdict, ...flags].join(", ");
}

function keyText(column: string, key: RowKey, question: Question, asking: Asking): string {
  const value = key[column];
  return column === "bucket"
    ? formatBucket(value ?? "", question.grain, asking.locale, asking.zone)
    : valueName(value, asking);
}

const keyColumnsOf = (question: Question): string[] => [
  ...(question.grain === "total" ? [] : ["bucket"]),
  ...question.by,
];

function distinctKeys(rows: readonly AnswerValue[]): [string, RowKey][] {
  const keys = new Map<string, RowKey>();
  for (const row of rows) {
    const id = keyId(row.key);
    if (!keys.has(id)) keys.set(id, row.key ?? {});
  }
  return [...keys];
}

const cellsOf = (rows: readonly AnswerValue[]): Map<string, AnswerValue> =>
  new Map(rows.map((row) => [`${row.metric} ${keyId(row.key)}`, row]));

/** Written once a key: each column looks its cells up by it. */
function keyId(key: RowKey = NO_KEY): string {
  let id = ids.get(key);
  if (id === undefined) {
    id = JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
    ids.set(key, id);
  }
  return id;
}
const NO_KEY: RowKey = {};
const ids = new WeakMap<RowKey, string>();
