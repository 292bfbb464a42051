import type { Judgement, ScanSeries } from "./series.ts";

/**
 * Shares are followed by their rarer side: a share of 86 % that gains a sixth would be past 100 %, its misses lose nearly all and are still a
 * share. Level, weekday, holiday and the parent's shock are factors of what is counted, so what is counted must have room on both sides.
 */

/** The series with hits and misses exchanged in families whose whole has more hits than misses, and the ids of those. */
export function byRarerSide(all: readonly ScanSeries[]): {
  readonly series: readonly ScanSeries[];
  readonly exchanged: ReadonlySet<string>;
} {
  const byId = new Map(all.map((series) => [series.id, series]));
  const roots = new Set(all.map((series) => rootOf(series, byId)));
  const common = new Set([...roots].filter((root) => isCommon(root)));
  const inFamily = all.filter((series) => series.kind === "rate" && common.has(rootOf(series, byId)));
  const exchanged = new Set(inFamily.filter(isShare).map(({ id }) => id));
  // A family with a ratio in it stays as it is: what is divided out of the parts must be of one side.
  for (const series of inFamily)
    if (!isShare(series))
      for (const other of inFamily) if (rootOf(other, byId) === rootOf(series, byId)) exchanged.delete(other.id);
  return { series: all.map((series) => (exchanged.has(series.id) ? missesOf(series) : series)), exchanged };
}

/** A finding about the misses, told of the hits. */
export function ofTheHits(judgement: Judgement): Judgement {
  if (judgement.kind === "variance") return judgement;
  const { value, expected, low, high, direction, kind, from, to } = judgement;
  const isGone = value === 1;
  return {
    ...judgement,
    direction: direction === "up" ? "down" : "up",
    kind: isGone ? "silence" : kind === "silence" ? (to - from < 2 ? "spike" : "level_shift") : kind,
    value: 1 - value,
    expected: 1 - expected,
    low: 1 - high,
    high: 1 - low,
  };
}

function rootOf(series: ScanSeries, byId: ReadonlyMap<string, ScanSeries>): ScanSeries {
  let root = series;
  for (let steps = 0; root.parent !== null && steps < byId.size; steps += 1) root = byId.get(root.parent) ?? root;
  return root;
}

function isCommon({ kind, values, denominators }: ScanSeries): boolean {
  if (kind !== "rate") return false;
  let [hits, cases] = [0, 0];
  for (const [day, value] of values.entries()) {
    if (value === null) continue;
    hits += value;
    cases += denominators?.[day] ?? 0;
  }
  return hits > cases / 2;
}

/** No day has more hits than cases. */
const isShare = ({ values, denominators }: ScanSeries): boolean =>
  values.every((value, day) => value === null || value <= (denominators?.[day] ?? 0));

const missesOf = (series: ScanSeries): ScanSeries => ({
  ...series,
  values: series.values.map((value, day) => (value === null ? null : (series.denominators?.[day] ?? 0) - value)),
});
