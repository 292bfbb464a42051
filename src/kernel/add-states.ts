import type { DurationBin, MetricState } from "./measurement.ts";

/**
 * State of the union of two disjoint sets of rows. Throws a RangeError when the kinds differ: states of different metrics never add.
 */
export function addStates(a: MetricState, b: MetricState): MetricState {
  if (a.kind === "count" && b.kind === "count") return { kind: "count", n: a.n + b.n };
  if (a.kind === "sum" && b.kind === "sum") return { kind: "sum", sum: a.sum + b.sum, n: a.n + b.n };
  if (a.kind === "proportion" && b.kind === "proportion") return { kind: "proportion", x: a.x + b.x, n: a.n + b.n };
  if (a.kind === "ratio" && b.kind === "ratio") {
    return {
      kind: "ratio",
      numerator: a.numerator + b.numerator,
      denominator: a.denominator + b.denominator,
      n: a.n + b.n,
    };
  }
  if (a.kind === "mean" && b.kind === "mean") {
    const mean = { kind: "mean" as const, n: a.n + b.n, sum: a.sum + b.sum, sumsq: a.sumsq + b.sumsq };
    return a.bins || b.bins ? { ...mean, bins: addBins(a.bins ?? [], b.bins ?? []) } : mean;
  }
  if (a.kind === "weighted" && b.kind === "weighted") {
    return {
      kind: "weighted",
      sw: a.sw + b.sw,
      swy: a.swy + b.swy,
      sw2: a.sw2 + b.sw2,
      sw2y: a.sw2y + b.sw2y,
      n: a.n + b.n,
      x: a.x + b.x,
      drawn: a.drawn + b.drawn,
    };
  }
  if (a.kind === "lifetimes" && b.kind === "lifetimes") return { kind: "lifetimes", bins: addBins(a.bins, b.bins) };
  if (a.kind === "max" && b.kind === "max") return { kind: "max", value: larger(a.value, b.value), n: a.n + b.n };
  if (a.kind === "agreement" && b.kind === "agreement") {
    return {
      kind: "agreement",
      items: a.items + b.items,
      agreed: a.agreed + b.agreed,
      ratings: mergeBy(a.ratings, b.ratings, (x, y) => x + y),
    };
  }
  if (a.kind === "parts" && b.kind === "parts") return { kind: "parts", parts: mergeBy(a.parts, b.parts, addStates) };
  throw new RangeError(`states of kind ${a.kind} and ${b.kind} do not add`);
}

function addBins(a: readonly DurationBin[], b: readonly DurationBin[]): DurationBin[] {
  const bins = new Map<number, DurationBin>();
  for (const bin of [...a, ...b]) {
    const known = bins.get(bin.index);
    bins.set(
      bin.index,
      known
        ? {
            index: bin.index,
            events: known.events + bin.events,
            censored: known.censored + bin.censored,
            seconds: known.seconds + bin.seconds,
          }
        : bin,
    );
  }
  return [...bins.values()].sort((x, y) => x.index - y.index);
}

const larger = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

function mergeBy<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  add: (x: T, y: T) => T,
): Record<string, T> {
  const merged: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = merged[key];
    merged[key] = known === undefined ? value : add(known, value);
  }
  return merged;
}
