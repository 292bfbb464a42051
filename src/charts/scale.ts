import type { Tick } from "chart.js";
import type { ChartUnit } from "../kernel/chart-spec.ts";
import { formatTick } from "./numbers.ts";
import { AXIS, GRID, MUTED } from "./palette.ts";
import { FAMILY } from "./pen.ts";

/** Least and greatest of what is to be seen on a value axis; null when there is nothing. */
export interface Domain {
  readonly low: number;
  readonly high: number;
}

/**
 * The values with their intervals; an interval wider than the values themselves is allowed as much again on either side, and
 * is cut beyond, so that one hopeless interval does not flatten the rest.
 */
export function domainOf(
  points: readonly { readonly y: number | null; readonly low?: number | null; readonly high?: number | null }[],
): Domain | null {
  const values = points.map((point) => point.y).filter((y) => y !== null);
  if (values.length === 0) return null;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = Math.max(high - low, Math.max(Math.abs(high), Math.abs(low)) / 2);
  const lows = points.map((point) => point.low ?? null).filter((each) => each !== null);
  const highs = points.map((point) => point.high ?? null).filter((each) => each !== null);
  return {
    low: Math.max(Math.min(low, ...lows), low - span),
    high: Math.min(Math.max(high, ...highs), high + span),
  };
}

/** Bars start at zero, and so do lines unless zero would squeeze them into the upper half. */
export const startsAtZero = (domain: Domain): boolean => domain.low <= 0 || domain.low <= domain.high / 2;

/** Options shared by every value axis: few ticks with units, faint lines, a firm zero. */
export function valueAxis(domain: Domain | null, unit: ChartUnit, locale: string, fromZero: boolean) {
  const floor = unit === "percent" ? 0.01 : 1;
  const flat = domain === null || (domain.low === 0 && domain.high === 0);
  return {
    type: "linear" as const,
    ...(flat ? { min: 0, max: floor } : { suggestedMin: domain.low, suggestedMax: domain.high, beginAtZero: fromZero }),
    border: { display: false },
    grid: {
      display: domain !== null,
      color: (context: { tick?: { value: number } }) => (context.tick?.value === 0 ? AXIS : GRID),
      drawTicks: false,
    },
    ticks: {
      ...TICKS,
      display: domain !== null,
      maxTicksLimit: 6,
      padding: 10,
      ...(unit === "count" ? { precision: 0 } : {}),
      callback(value: number | string, _: number, ticks: Tick[]) {
        const [first, second] = ticks;
        const step = first && second ? second.value - first.value : 0;
        return formatTick(Number(value), step, unit, locale);
      },
    },
  };
}

/** Options of an axis of names or buckets; its line is left out where the zero line is drawn elsewhere. */
export function namesAxis(labels: readonly string[], domain: Domain | null) {
  return {
    type: "category" as const,
    labels: [...labels],
    border: { display: domain === null || domain.low >= 0, color: AXIS },
    grid: { display: false },
    ticks: { ...TICKS, maxRotation: 0, autoSkipPadding: 18, padding: 6 },
  };
}

const TICKS = { color: MUTED, font: { size: 15, family: FAMILY } };
