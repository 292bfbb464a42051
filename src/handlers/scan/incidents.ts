import type { Catalog } from "../../catalog/catalog.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import type { Question } from "../../kernel/question.ts";
import { daysBetween } from "./days.ts";

/** A deviation with what its rank is made of. */
export interface Ranked {
  readonly deviation: Deviation;
  /** size × surprise × weight of the metric; the larger the earlier. */
  readonly score: number;
}
/** One thing that happened: the deviation that describes it best, and what else it moved. */
export interface Incident extends Ranked {
  /** The same metric in segments that meet this one, and metrics that follow it; strongest first. */
  readonly also: readonly Deviation[];
}

/** Surprise counts up to here: beyond 10⁻²⁰ a p-value says no more about the world. */
const SURPRISE_MAX = 20;
/** Sizes count up to so many smallest effects. */
const SIZE_MAX = 10;
/** A segment must be told by so much more surprise than a wider one to be the better description. */
const PARSIMONY = 1.15;
/** What is over already counts less than what goes on. */
const OVER = 0.5;

/**
 * What happened, in the order in which it is worth reading. Deviations of one metric whose segments meet are one incident, told by the
 * segment with the greatest surprise; metrics that follow another one (catalog: `scan.follows`) are told under it.
 */
export function incidentsOf(
  deviations: readonly Deviation[],
  around: { readonly catalog: Catalog; readonly share: (deviation: Deviation) => number; readonly lastDay: string },
): Incident[] {
  const ranked = deviations
    .map((deviation) => ({ deviation, score: scoreOf(deviation, around) }))
    .sort((a, b) => b.score - a.score);
  const groups = sameMetric(ranked);
  const leads = groups.map((group) => ({ head: headOf(group), rest: group }));
  const under = leads.map(({ head }) => leaderOf(head, leads, around.catalog));
  return leads
    .flatMap(({ head, rest }, index): Incident[] => {
      if (under[index] !== null) return [];
      const following = leads.filter((_, other) => rootOf(other, under) === index && other !== index);
      const also = [...rest.filter((one) => one !== head), ...following.map((one) => one.head)].map(
        ({ deviation }) => deviation,
      );
      return [{ ...head, also }];
    })
    .sort((a, b) => b.score - a.score);
}

/** Size × surprise × weight: how many smallest effects, how unlikely, how much it matters; wide segments before narrow ones. */
function scoreOf(
  deviation: Deviation,
  { catalog, share, lastDay }: { catalog: Catalog; share: (deviation: Deviation) => number; lastDay: string },
): number {
  const metric = catalog.metrics.get(deviation.metric);
  const rule = metric?.scan;
  if (!metric || !rule) return 0;
  const size =
    deviation.kind === "variance"
      ? deviation.value - 1
      : Math.min(SIZE_MAX, effectOf(deviation, metric.unit === "share") / rule.minEffect);
  const surprise = Math.min(SURPRISE_MAX, surpriseOf(deviation));
  const isOver = daysBetween(deviation.period.to, lastDay) >= 0;
  return rule.weight * size * surprise * Math.sqrt(Math.min(1, share(deviation))) * (isOver ? OVER : 1);
}

/** Of a share in absolute terms, of anything else relative to what was to be expected. */
export const effectOf = ({ value, expected }: Deviation, isShare: boolean): number =>
  isShare ? Math.abs(value - expected) : Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-9);

export const surpriseOf = ({ p }: Deviation): number => -Math.log10(Math.max(p, 1e-300));

/** Groups of one metric and direction whose days and segments meet, transitively. */
function sameMetric(ranked: readonly Ranked[]): Ranked[][] {
  const groups: Ranked[][] = [];
  for (const one of ranked) {
    const mine = groups.filter((group) => group.some((other) => isSame(one.deviation, other.deviation)));
    for (const group of mine) groups.splice(groups.indexOf(group), 1);
    groups.push([...mine.flat(), one]);
  }
  return groups;
}

const isSame = (a: Deviation, b: Deviation): boolean =>
  a.metric === b.metric && a.direction === b.direction && areNear(a, b) && meet(a.segment, b.segment);

/** Days that overlap or touch: a whole's day and a market's own day are not the same hours. */
const areNear = (a: Deviation, b: Deviation): boolean =>
  daysBetween(a.period.from, b.period.to) >= 0 && daysBetween(b.period.from, a.period.to) >= 0;

/** Whether a row can be in both. */
export function meet(a: Question["filters"], b: Question["filters"]): boolean {
  return Object.entries(a).every(([dimension, values]) => {
    const others = b[dimension];
    return !others || others.some((value) => values.includes(value));
  });
}

/** The best description: the greatest surprise, a wider segment before a narrower one that surprises hardly more. */
function headOf(group: readonly Ranked[]): Ranked {
  const worth = ({ deviation }: Ranked): number =>
    surpriseOf(deviation) / PARSIMONY ** Object.keys(deviation.segment).length;
  return [...group].sort((a, b) => worth(b) - worth(a) || b.score - a.score)[0] as Ranked;
}

/** The group that moved this one: of the metrics that it follows, the strongest with which it shares days and a named segment. */
function leaderOf(
  head: Ranked,
  leads: readonly { readonly head: Ranked; readonly rest: readonly Ranked[] }[],
  catalog: Catalog,
): number | null {
  const leaders = leadersOf(head.deviation.metric, catalog);
  const candidates = leads
    .map((lead, index) => ({ ...lead, index }))
    .filter(
      ({ head: other, rest }) =>
        leaders.has(other.deviation.metric) &&
        rest.some(({ deviation }) => areNear(deviation, head.deviation) && isBeside(deviation, head.deviation)),
    )
    .sort((a, b) => b.head.score - a.head.score);
  return candidates[0]?.index ?? null;
}

/** One segment within the other. */
const isBeside = (a: Deviation, b: Deviation): boolean =>
  isWithin(a.segment, b.segment) || isWithin(b.segment, a.segment);
export const isWithin = (inner: Question["filters"], outer: Question["filters"]): boolean =>
  Object.entries(outer).every(
    ([dimension, values]) => inner[dimension]?.every((value) => values.includes(value)) ?? false,
  );

/** Every metric that moves this one, at any remove. */
function leadersOf(metric: string, catalog: Catalog, seen: Set<string> = new Set()): ReadonlySet<string> {
  for (const leader of catalog.metrics.get(metric)?.scan?.follows ?? []) {
    if (seen.has(leader)) continue;
    seen.add(leader);
    leadersOf(leader, catalog, seen);
  }
  return seen;
}

function rootOf(index: number, under: readonly (number | null)[]): number {
  let root = index;
  for (let steps = 0; steps < under.length; steps += 1) {
    const above = under[root];
    if (above == null) return root;
    root = above;
  }
  return root;
}
