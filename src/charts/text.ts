import type {
  BarSpec,
  ChartSpec,
  ChartUnit,
  HeatSpec,
  LinePoint,
  LineSpec,
  MultiplesSpec,
  WaterfallSpec,
} from "../kernel/chart-spec.ts";
import { formatDifference, formatValue } from "./numbers.ts";
import { type ChartWords, chartWords, fill } from "./words.ts";

/** Series, bars or panels told one by one; more would be read aloud for minutes. */
const TOLD_MAX = 12;

/**
 * The chart as a screen reader reads it, in the spec's language: its kind, finding and subject; then for each line where it
 * starts and ends and its extremes, for each bar its value, for a heat map its extremes.
 */
export function chartText(spec: ChartSpec): string {
  const words = chartWords(spec.locale);
  const said = [`${words[spec.kind]}: ${spec.title}`, spec.subtitle, ...body(spec, words), spec.note ?? ""];
  return said
    .filter((sentence) => sentence !== "")
    .map((sentence) =>
      /[.。!?！？…]$/.test(sentence) ? sentence : `${sentence}${spec.locale.startsWith("zh") ? "。" : "."}`,
    )
    .join(" ");
}

function body(spec: ChartSpec, words: ChartWords): readonly string[] {
  switch (spec.kind) {
    case "line":
      return lines(spec, words);
    case "bar":
      return bars(spec, words);
    case "waterfall":
      return steps(spec, words);
    case "heat":
      return heat(spec, words);
    case "multiples":
      return panels(spec, words);
    default:
      return spec satisfies never;
  }
}

const lines = (spec: LineSpec, words: ChartWords): readonly string[] =>
  inAll(
    spec.series.map((series) => course(series.name, series.points, spec, words)),
    words,
  );

const panels = (spec: MultiplesSpec, words: ChartWords): readonly string[] =>
  inAll(
    spec.panels.map((panel) => course(panel.name, panel.points, spec, words)),
    words,
  );

function course(
  name: string,
  points: readonly LinePoint[],
  { unit, locale }: { unit: ChartUnit; locale: string },
  words: ChartWords,
): string {
  const known = points.flatMap((point) => (point.y === null ? [] : [{ ...point, y: point.y }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return `${name}: ${words.noData}`;
  const write = (point: { y: number; provisional?: boolean; inner?: LinePoint["inner"] }): string =>
    `${formatValue(point.y, unit, locale)}${point.inner ? `, ${words.forecast}` : point.provisional ? `, ${words.provisional}` : ""}`;
  if (known.length === 1) return `${name}: ${write(first)} (${first.label})`;
  const low = known.reduce((least, point) => (point.y < least.y ? point : least));
  const high = known.reduce((most, point) => (point.y > most.y ? point : most));
  const fromTo = fill(words.fromTo, {
    name,
    first: write(first),
    firstAt: first.label,
    last: write(last),
    lastAt: last.label,
  });
  const inner = last.inner
    ? ` (${fill(words.inner, { low: formatValue(last.inner.low, unit, locale), high: formatValue(last.inner.high, unit, locale) })})`
    : "";
  return `${fromTo}${inner}; ${extremes(low.y, low.label, high.y, high.label, { unit, locale }, words)}`;
}

function bars(spec: BarSpec, words: ChartWords): readonly string[] {
  if (spec.items.every((item) => item.value === null)) return [words.noData];
  return inAll(
    spec.items.map((item) => {
      const value = item.value === null ? words.noData : formatValue(item.value, spec.unit, spec.locale);
      const compare = typeof item.compare === "number" ? formatValue(item.compare, spec.unit, spec.locale) : null;
      const compared = compare === null ? value : fill(words.against, { value, compare });
      return `${item.label} ${compared}${item.provisional ? `, ${words.provisional}` : ""}`;
    }),
    words,
  );
}

function steps(spec: WaterfallSpec, words: ChartWords): readonly string[] {
  const total = ({ label, value }: WaterfallSpec["from"]): string =>
    `${label} ${formatValue(value, spec.unit, spec.locale)}`;
  const told = spec.steps.map(({ label, effect, faint }) => {
    const difference = formatDifference(effect, spec.unit, spec.locale);
    return `${label} ${difference}${faint ? `, ${words.faint}` : ""}`;
  });
  return [total(spec.from), ...inAll(told, words), total(spec.to)];
}

function heat(spec: HeatSpec, words: ChartWords): readonly string[] {
  const cells = spec.values.flatMap((row, y) =>
    row.flatMap((value, x) =>
      value === null ? [] : [{ value, at: `${spec.yLabels[y] ?? ""} ${spec.xLabels[x] ?? ""}` }],
    ),
  );
  if (cells.length === 0) return [words.noData];
  const low = cells.reduce((least, cell) => (cell.value < least.value ? cell : least));
  const high = cells.reduce((most, cell) => (cell.value > most.value ? cell : most));
  return [extremes(low.value, low.at, high.value, high.at, spec, words)];
}

function extremes(
  low: number,
  lowAt: string,
  high: number,
  highAt: string,
  spec: { unit: ChartUnit; locale: string; signed?: boolean },
  words: ChartWords,
): string {
  const write = spec.signed ? formatDifference : formatValue;
  return fill(words.range, {
    low: write(low, spec.unit, spec.locale),
    lowAt,
    high: write(high, spec.unit, spec.locale),
    highAt,
  });
}

function inAll(sentences: readonly string[], words: ChartWords): readonly string[] {
  if (sentences.length <= TOLD_MAX) return sentences;
  return [...sentences.slice(0, TOLD_MAX), fill(words.omitted, { shown: TOLD_MAX, total: sentences.length })];
}
