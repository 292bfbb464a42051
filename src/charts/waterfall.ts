import type { Chart, ChartConfiguration, Plugin, Scale } from "chart.js";
import type { WaterfallSpec, WaterfallStep } from "../kernel/chart-spec.ts";
import { frame } from "./frame.ts";
import { formatDifference, formatValue, reachOf } from "./numbers.ts";
import { AXIS, COMPARE, INK, MUTED, PAPER, STEPS, TEXT } from "./palette.ts";
import { FAMILY, font, type Pen, penOf, widthOf, wrap, write } from "./pen.ts";
import { namesAxis } from "./scale.ts";
import { chartWords, fill } from "./words.ts";

/** More steps cannot be read in one picture; what is beyond is one step, so that the sum holds. */
const STEPS_MAX = 14;

/** One bar of the picture, top to bottom: a total that stands for itself, or a step from one level to the next. */
export interface WaterfallBar {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly step: WaterfallStep | null;
}

/** The bars of a waterfall, each step from where the one before it ended. */
export function barsOf(spec: WaterfallSpec): readonly WaterfallBar[] {
  let level = spec.from.value;
  const steps = stepsShown(spec).map((step): WaterfallBar => {
    const from = level;
    level += step.effect;
    return { label: step.label, from, to: level, step };
  });
  const total = ({ label, value }: WaterfallSpec["from"]): WaterfallBar => ({ label, from: 0, to: value, step: null });
  return [total(spec.from), ...steps, total(spec.to)];
}

export const waterfallRows = (spec: WaterfallSpec): number => stepsShown(spec).length + 2;

function stepsShown({ steps, locale }: WaterfallSpec): readonly WaterfallStep[] {
  if (steps.length <= STEPS_MAX) return steps;
  const rest = steps.slice(STEPS_MAX - 1);
  const effect = rest.reduce((sum, step) => sum + step.effect, 0);
  return [...steps.slice(0, STEPS_MAX - 1), { label: fill(chartWords(locale).rest, { n: rest.length }), effect }];
}

/**
 * Where the axis of values begins and ends. Bars that begin at zero where that leaves the steps room to be seen, else cut: the totals then only say
 * where the steps begin and end, and are drawn as broken.
 */
export function waterfallRange(bars: readonly WaterfallBar[]): { low: number; high: number; cut: boolean } {
  const levels = bars.flatMap(({ from, to, step }) => (step ? [from, to] : [to]));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const span = high - low;
  if (low <= 0 || span >= CUT_BELOW * high) return { low: Math.min(0, low), high: Math.max(0, high), cut: false };
  return { low: low - (span || high) / 2, high, cut: true };
}
/** Steps that together take less than this share of the length are seen only on a cut axis. */
const CUT_BELOW = 0.5;

const NAME_WIDTH_MAX = 320;

/** Lying steps from the number before down to the number after, each joined to the next, with its signed effect beside it. */
export function waterfallConfig(spec: WaterfallSpec): ChartConfiguration<"bar", [number, number][]> {
  const bars = barsOf(spec);
  const range = waterfallRange(bars);
  const names = bars.map(({ label }) => label);
  return {
    type: "bar",
    data: {
      labels: names,
      datasets: [
        {
          data: bars.map(({ from, to, step }) => [step ? from : range.cut ? range.low : from, to]),
          backgroundColor: bars.map(colourOf),
          borderSkipped: false,
          borderRadius: 2,
          maxBarThickness: 40,
          minBarLength: 2,
          categoryPercentage: 0.84,
          barPercentage: 0.8,
        },
      ],
    },
    options: {
      indexAxis: "y",
      scales: { x: { type: "linear", display: false, ...roomy(spec, bars, range) }, y: nameAxis(names, spec.locale) },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [frame(spec, range.cut ? { note: chartWords(spec.locale).cut } : {}), annotations(spec, bars, range.cut)],
  };
}

function colourOf({ step }: WaterfallBar): string {
  if (!step) return COMPARE.text;
  return STEPS[step.effect < 0 ? "down" : "up"][step.faint ? "faint" : "solid"];
}

/** Room at both ends for the labels that stand beside the bars. */
function roomy(
  spec: WaterfallSpec,
  bars: readonly WaterfallBar[],
  { low, high, cut }: { low: number; high: number; cut: boolean },
) {
  const right = (Math.max(...bars.map((bar) => textWidth(waterfallLabel(spec, bar)))) + 20) / PLOT_WIDTH;
  const left = low < 0 ? right : 0;
  const span = high > low ? high - low : 1;
  const width = span / Math.max(0.2, 1 - right - left);
  return { min: cut || low < 0 ? low - left * width : 0, max: high + right * width };
}
const PLOT_WIDTH = 640;
const textWidth = (text: string): number => 9.5 * text.length;

function nameAxis(names: readonly string[], locale: string) {
  const axis = namesAxis(names, null);
  return {
    ...axis,
    border: { display: false },
    ticks: {
      ...axis.ticks,
      color: TEXT,
      autoSkip: false,
      font: { size: NAME_SIZE, family: FAMILY },
      callback(this: Scale, _: number | string, index: number) {
        const pen = penOf(this.chart);
        pen.font = font(NAME_SIZE);
        return wrap(pen, names[index] ?? "", NAME_WIDTH_MAX, names.length > 8 ? 1 : 2, locale);
      },
    },
  };
}
const NAME_SIZE = 16;

/** A total's value; a step's effect with its sign. */
export function waterfallLabel(spec: WaterfallSpec, { to, step }: WaterfallBar): string {
  if (!step) return formatValue(to, spec.unit, spec.locale, reachOf([spec.from.value, spec.to.value]));
  return formatDifference(step.effect, spec.unit, spec.locale, reachOf(spec.steps.map(({ effect }) => effect)));
}

function annotations(spec: WaterfallSpec, bars: readonly WaterfallBar[], cut: boolean): Plugin<"bar"> {
  return {
    id: "annotations",
    beforeDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      if (!x || !y) return;
      const pen = penOf(chart);
      if (!cut) drawLine(pen, AXIS, [], x.getPixelForValue(0), y.top, x.getPixelForValue(0), y.bottom);
      bars.slice(1).forEach(({ from, to, step }, index) => {
        const joint = x.getPixelForValue(step ? from : to);
        const [above, below] = [placeOf(chart, bars[index], index), placeOf(chart, bars[index + 1], index + 1)];
        if (above && below)
          drawLine(pen, MUTED, [3, 3], joint, above.middle + above.half, joint, below.middle - below.half);
      });
    },
    afterDatasetsDraw(chart) {
      const pen = penOf(chart);
      bars.forEach((bar, index) => {
        const place = placeOf(chart, bar, index);
        if (!place) return;
        if (cut && !bar.step) drawBreak(pen, place);
        drawLabel(pen, waterfallLabel(spec, bar), place, bar);
      });
    },
  };
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly middle: number;
  readonly half: number;
  readonly plot: { readonly left: number; readonly right: number };
}

function placeOf(chart: Chart<"bar">, own: WaterfallBar | undefined, index: number): Place | null {
  const { x, y } = chart.scales;
  const bar = chart.getDatasetMeta(0).data[index] as unknown as { height?: number } | undefined;
  if (!x || !y || !bar || !own) return null;
  const { from, to, step } = own;
  const ends = [x.getPixelForValue(step ? from : Math.max(from, x.min)), x.getPixelForValue(to)];
  const { left, right } = chart.chartArea;
  return {
    left: Math.min(...ends),
    right: Math.max(...ends),
    middle: y.getPixelForValue(index),
    half: (bar.height ?? 0) / 2,
    plot: { left, right },
  };
}

/** Two slanting cuts near the root of a total that does not begin at zero. */
function drawBreak(pen: Pen, { left, middle, half }: Place): void {
  pen.save();
  pen.strokeStyle = PAPER;
  pen.lineWidth = 3;
  for (const offset of [14, 22]) {
    pen.beginPath();
    pen.moveTo(left + offset - 4, middle + half + 2);
    pen.lineTo(left + offset + 4, middle - half - 2);
    pen.stroke();
  }
  pen.restore();
}

/** A step's label stands on the side it moves to, a total's at its end; on the other side where the picture ends. */
function drawLabel(pen: Pen, text: string, place: Place, { step, to }: WaterfallBar): void {
  const style = { size: NAME_SIZE, weight: 600, colour: INK, baseline: "middle" } as const;
  const width = widthOf(pen, text, style.size, style.weight);
  const wantsLeft = step ? step.effect < 0 : to < 0;
  const fitsLeft = place.left - 8 - width >= place.plot.left;
  const fitsRight = place.right + 8 + width <= place.plot.right;
  const isLeft = wantsLeft ? fitsLeft : !fitsRight && fitsLeft;
  if (isLeft) write(pen, text, place.left - 8, place.middle, { ...style, align: "right" });
  else write(pen, text, place.right + 8, place.middle, style);
}

function drawLine(
  pen: Pen,
  colour: string,
  dash: number[],
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  pen.save();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.25;
  pen.setLineDash(dash);
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
  pen.restore();
}
