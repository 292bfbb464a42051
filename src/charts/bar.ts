import type { Chart, ChartConfiguration, Plugin, Scale } from "chart.js";
import type { BarItem, BarSpec } from "../kernel/chart-spec.ts";
import { frame, type KeyEntry } from "./frame.ts";
import { formatValue, reachOf } from "./numbers.ts";
import { COMPARE, INK, MUTED, PAPER, SERIES, TEXT } from "./palette.ts";
import { FAMILY, font, type Pen, penOf, wrap, write } from "./pen.ts";
import { type Domain, domainOf, namesAxis, valueAxis } from "./scale.ts";
import { chartWords, fill } from "./words.ts";

/** More bars cannot be read in one picture; the rest is counted as left out. */
export const BARS_MAX = 40;

const COLOUR = SERIES[0]?.line ?? INK;
const FAINT = "#a8cbe2";
const NAME_WIDTH_MAX = 300;

/** Bars in the order given; lying where the names are long or many; value, interval and comparison on each. */
export function barConfig(spec: BarSpec): ChartConfiguration<"bar", (number | null)[]> {
  const items = spec.items.slice(0, BARS_MAX);
  const lying = barsLie(spec);
  const names = items.map((item) => item.label);
  const domain = roomyDomain(spec, items, lying);
  const values = closed(valueAxis(domain, spec.unit, spec.locale, true), domain);
  const categories = lying ? lyingNames(names, domain, spec.locale) : uprightNames(names, domain);
  return {
    type: "bar",
    data: { labels: names, datasets: [dataset(spec, items)] },
    options: {
      indexAxis: lying ? "y" : "x",
      scales: lying ? { x: values, y: categories } : { x: categories, y: values },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [
      frame(spec, {
        empty: items.every((item) => item.value === null),
        key: compareKey(spec, items),
        ...(spec.items.length > BARS_MAX
          ? { note: fill(chartWords(spec.locale).omitted, { shown: BARS_MAX, total: spec.items.length }) }
          : {}),
      }),
      annotations(spec, items, lying),
    ],
  };
}

/** Names stand under upright bars only where each fits its place; a letter is taken as 9 px wide, a Chinese one as 16. */
export function barsLie(spec: BarSpec): boolean {
  const items = spec.items.slice(0, BARS_MAX);
  const place = 860 / Math.max(1, items.length);
  const widest = Math.max(
    0,
    ...items.map((item) => textWidth(item.label)),
    ...items.map(({ value }) => textWidth(formatValue(value, spec.unit, spec.locale, reachOfBars(spec)))),
  );
  return items.length > 14 || widest > place - 14;
}

const reachOfBars = (spec: BarSpec): number => reachOf(spec.items.map((item) => item.value));

const textWidth = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (/[\u2e80-\uffef]/.test(letter) ? 16 : 9), 0);

/** Room beyond the longest bar for the label that follows it, and under the lowest negative one. */
function roomyDomain(spec: BarSpec, items: readonly BarItem[], lying: boolean) {
  const domain = domainOf(
    items.flatMap((item) => [
      { y: item.value, low: item.low ?? null, high: item.high ?? null },
      { y: item.value === null ? null : (item.compare ?? null) },
    ]),
  );
  if (!domain) return null;
  const label = Math.max(
    ...items.map((item) => textWidth(formatValue(item.value, spec.unit, spec.locale, reachOfBars(spec)))),
  );
  const share = lying ? (label + 16) / 640 : 0.09;
  const low = Math.min(0, domain.low);
  const high = Math.max(0, domain.high);
  const room = ((high - low) * share) / (1 - share);
  return { low: low < 0 ? low - room : 0, high: high > 0 ? high + room : 0 };
}

/** The axis ends where its room does, between two ticks if need be: bars should fill the plot. */
function closed<T extends { readonly ticks: object }>(axis: T, domain: Domain | null) {
  if (!domain || domain.low === domain.high) return axis;
  return { ...axis, min: domain.low, max: domain.high, ticks: { ...axis.ticks, includeBounds: false } };
}

function uprightNames(names: readonly string[], domain: Domain | null) {
  const axis = namesAxis(names, domain);
  return { ...axis, ticks: { ...axis.ticks, autoSkip: false } };
}

/** Long names on two lines where the bars are thick enough, cut beyond. */
function lyingNames(names: readonly string[], domain: Domain | null, locale: string) {
  const axis = namesAxis(names, domain);
  const size = names.length > 26 ? 14 : 16;
  const linesMax = names.length > 9 ? 1 : 2;
  return {
    ...axis,
    ticks: {
      ...axis.ticks,
      color: TEXT,
      autoSkip: false,
      font: { size, family: FAMILY },
      callback(this: Scale, _: number | string, index: number) {
        const pen = penOf(this.chart);
        pen.font = font(size);
        return wrap(pen, names[index] ?? "", NAME_WIDTH_MAX, linesMax, locale);
      },
    },
  };
}

function dataset(spec: BarSpec, items: readonly BarItem[]) {
  return {
    label: spec.valueName,
    data: items.map((item) => item.value),
    backgroundColor: items.map((item) => (item.provisional ? FAINT : COLOUR)),
    borderColor: COLOUR,
    borderWidth: items.map((item) => (item.provisional ? 2 : 0)),
    borderRadius: 2,
    maxBarThickness: 64,
    minBarLength: 2,
    categoryPercentage: 0.84,
    barPercentage: 0.84,
  };
}

function compareKey(spec: BarSpec, items: readonly BarItem[]): readonly KeyEntry[] {
  if (!spec.compareName || items.every((item) => (item.compare ?? null) === null)) return [];
  return [
    { label: spec.valueName, swatch: (pen, x, y) => block(pen, x, y - 7, 26, 14, COLOUR) },
    { label: spec.compareName, swatch: (pen, x, y) => block(pen, x + 11, y - 11, 4, 22, COMPARE.text) },
  ];
}

function block(pen: Pen, x: number, y: number, width: number, height: number, colour: string): void {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

function annotations(spec: BarSpec, items: readonly BarItem[], lying: boolean): Plugin<"bar"> {
  return {
    id: "annotations",
    afterDatasetsDraw(chart) {
      const scale = lying ? chart.scales.x : chart.scales.y;
      if (!scale || items.every((item) => item.value === null)) return;
      const pen = penOf(chart);
      items.forEach((item, index) => {
        const place = placeOf(chart, scale, index, lying);
        if (place) drawItem(pen, item, place, spec);
      });
    },
  };
}

/** A bar's middle line and half thickness in px, and where a value lies along it. */
interface Place {
  readonly middle: number;
  readonly half: number;
  readonly along: (value: number) => number;
  readonly lying: boolean;
}

function placeOf(chart: Chart<"bar">, scale: Scale, index: number, lying: boolean): Place | null {
  const bar = chart.getDatasetMeta(0).data[index] as unknown as
    | { x: number; y: number; width?: number; height?: number }
    | undefined;
  if (!bar) return null;
  const names = lying ? chart.scales.y : chart.scales.x;
  const slot = names ? (lying ? names.height : names.width) / Math.max(1, chart.data.labels?.length ?? 1) : 0;
  const half = Math.min(64, slot * 0.84 * 0.84) / 2;
  const [from, to] = [Math.min(scale.min, scale.max), Math.max(scale.min, scale.max)];
  return {
    middle: names ? names.getPixelForValue(index) : 0,
    half,
    along: (value) => scale.getPixelForValue(Math.max(from, Math.min(to, value))),
    lying,
  };
}

function drawItem(pen: Pen, item: BarItem, place: Place, spec: BarSpec): void {
  const { value, low, high, compare } = item;
  if (value === null) {
    drawLabel(pen, "–", place, 0, false, MUTED);
    return;
  }
  if (typeof compare === "number") drawTick(pen, place, compare);
  if (typeof low === "number" && typeof high === "number") drawWhisker(pen, place, low, high);
  const ends = [value, low ?? value, high ?? value, compare ?? value];
  const negative = value < 0;
  const end = negative ? Math.min(...ends) : Math.max(...ends);
  drawLabel(pen, formatValue(value, spec.unit, spec.locale, reachOfBars(spec)), place, end, negative, INK);
}

function drawWhisker(pen: Pen, place: Place, low: number, high: number): void {
  const cap = Math.min(5, place.half * 0.7);
  stroke(pen, place, 1.5, INK, [
    [low, 0, high, 0],
    [low, -cap, low, cap],
    [high, -cap, high, cap],
  ]);
}

/** The comparison as an upright stroke across the bar, white-edged so that it shows on the bar and beside it. */
function drawTick(pen: Pen, place: Place, compare: number): void {
  const reach = place.half + Math.min(4, place.half * 0.4);
  stroke(pen, place, 7, PAPER, [[compare, -reach, compare, reach]]);
  stroke(pen, place, 3, COMPARE.text, [[compare, -reach, compare, reach]]);
}

/** Lines from (value, offset across) to (value, offset across). */
function stroke(
  pen: Pen,
  place: Place,
  width: number,
  colour: string,
  lines: readonly (readonly [number, number, number, number])[],
): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  for (const [fromValue, fromAcross, toValue, toAcross] of lines) {
    pen.moveTo(...point(place, fromValue, fromAcross));
    pen.lineTo(...point(place, toValue, toAcross));
  }
  pen.stroke();
}

const point = (place: Place, value: number, across: number): [number, number] =>
  place.lying ? [place.along(value), place.middle + across] : [place.middle + across, place.along(value)];

function drawLabel(pen: Pen, text: string, place: Place, end: number, negative: boolean, colour: string): void {
  const size = place.lying ? Math.max(12, Math.min(16, place.half * 2 + 2)) : 15;
  const [x, y] = point(place, end, 0);
  const gap = negative ? -8 : 8;
  if (place.lying)
    write(pen, text, x + gap, y, { size, weight: 600, colour, align: negative ? "right" : "left", baseline: "middle" });
  else
    write(pen, text, x, y - gap, { size, weight: 600, colour, align: "center", baseline: negative ? "top" : "bottom" });
}
