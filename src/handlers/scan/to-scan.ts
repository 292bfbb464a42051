import type { ScanSeries } from "../../insights/detect/scan.ts";
import { limits } from "../../kernel/limits.ts";
import type { MetricState } from "../../kernel/measurement.ts";
import { rankValue } from "../../kernel/rank-value.ts";
import type { Daily } from "./daily.ts";
import type { Marks } from "./marks.ts";

/** A day as the detector takes it: hits and rows of a rate, rows of a count, an amount with the rows behind it. Null = unknown. */
export interface Reading {
  readonly value: number | null;
  readonly n: number | null;
}

/**
 * A series as the detector takes it. Before its first row a segment did not exist: unknown, not zero. So is an average over a handful of rows
 * or over a small part of the usual ones: one slow case of a holiday is no handling time of the team.
 */
export function toScan(series: Daily, marks: Marks): ScanSeries {
  const kind = kindOf(series);
  const all = readingsOf(series);
  const readings = kind === "amount" && series.metric.definition.kind !== "sum" ? all.map(unlessThin(all)) : all;
  return {
    id: series.id,
    parent: series.parent,
    kind,
    days: series.days,
    values: readings.map(({ value }) => value),
    denominators: kind === "count" ? null : readings.map(({ n }) => n),
    masked: marks.masked,
    calendar: marks.calendar,
  };
}

function unlessThin(readings: readonly Reading[]): (reading: Reading) => Reading {
  const sizes = readings.flatMap(({ n }) => (n === null || n === 0 ? [] : [n])).sort((a, b) => a - b);
  const usual = sizes[Math.floor(sizes.length / 2)] ?? 0;
  const least = Math.max(limits.scanAverageRowsMin, limits.scanAverageShareMin * usual);
  return (reading) => (reading.n !== null && reading.n < least ? unknown : reading);
}

export function readingsOf(series: Daily): Reading[] {
  const rule = { quantile: series.metric.quantile, unitCosts: series.metric.costSheet?.unitCosts ?? null };
  const readings = series.states.map((state) => (state === null ? unknown : readingOf(state, rule)));
  const born = readings.findIndex(({ value, n }) => (n ?? value ?? 0) > 0);
  return readings.map((reading, index) => (index < born || born < 0 ? unknown : reading));
}

const unknown: Reading = { value: null, n: null };

/** Rates are hits of rows; weighted shares count as their effective numbers. */
export function kindOf({ metric }: Daily): ScanSeries["kind"] {
  switch (metric.definition.kind) {
    case "proportion":
    case "weighted":
    case "pairs":
      return "rate";
    case "count":
    case "open":
      return "count";
    case "sum":
    case "mean":
    case "ratio":
    case "joined_ratio":
    case "lifetimes":
    case "parts":
      return "amount";
    default:
      return metric.definition satisfies never;
  }
}

function readingOf(state: MetricState, rule: Parameters<typeof rankValue>[1]): Reading {
  switch (state.kind) {
    case "proportion":
      return { value: state.x, n: state.n };
    case "weighted": {
      const neff = state.sw2 === 0 ? 0 : state.sw ** 2 / state.sw2;
      return { value: neff === 0 ? 0 : Math.round((state.swy / state.sw) * neff), n: Math.round(neff) };
    }
    case "agreement":
      return { value: state.agreed, n: state.items };
    case "count":
      return { value: state.n, n: state.n };
    case "sum":
    case "ratio":
    case "mean":
      return { value: rankValue(state, rule), n: state.n };
    case "lifetimes":
      return { value: rankValue(state, rule), n: state.bins.reduce((sum, bin) => sum + bin.events + bin.censored, 0) };
    case "max":
      return { value: rankValue(state, rule), n: null };
    case "parts":
      return { value: rankValue(state, rule), n: rowsOf(state) };
    default:
      return state satisfies never;
  }
}

/** Rows behind a composed number: those of its largest part. */
function rowsOf({ parts }: Extract<MetricState, { kind: "parts" }>): number | null {
  const sizes = Object.values(parts).flatMap((part) => ("n" in part ? [part.n] : []));
  return sizes.length === 0 ? null : Math.max(...sizes);
}
