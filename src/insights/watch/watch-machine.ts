/** When a watch speaks. Levels are in the metric's unit, times epoch milliseconds. */
export interface WatchRule {
  readonly op: ">" | ">=" | "<" | "<=";
  readonly level: number;
  /** Fewer cases than this say nothing; counts have no such minimum. */
  readonly volumeMin: number;
  /** How long it is silent after it spoke. */
  readonly coolDownMs: number;
}

/** One complete number of one segment. `value` = null: no number then. */
export interface Observed {
  /** When its window ended. */
  readonly at: number;
  readonly value: number | null;
  /** Cases behind a rate, mean or quantile; null for a count. */
  readonly n: number | null;
  /** False while it is partial, immature or late: it will be looked at again. */
  readonly complete: boolean;
  /** A time at which nobody is to be told (quiet hours, muted). */
  readonly hushed: boolean;
}

/** What a watch remembers of one segment between two looks. */
export interface WatchState {
  readonly phase: "armed" | "fired";
  /** Since when the level is passed without a break; null = it is not. */
  readonly since: number | null;
  readonly lastFired: number | null;
  /** The last window that was judged; each is judged once. */
  readonly judged: number | null;
}
export const armed: WatchState = { phase: "armed", since: null, lastFired: null, judged: null };

/** Part of the level by which a number must come back before the watch is armed again, so that it does not flap around the level. */
export const HYSTERESIS = 0.05;

/**
 * One look. Fires on the first complete number beyond the level while armed; then waits until a number is back behind the level by the
 * hysteresis. In the cool-down and in hushed times it stays armed, and fires afterwards if the number is still beyond.
 */
export function look(
  state: WatchState,
  seen: Observed,
  rule: WatchRule,
): { readonly state: WatchState; readonly fires: boolean } {
  if (!counts(seen, rule) || (state.judged !== null && seen.at <= state.judged)) return { state, fires: false };
  const judged = { ...state, judged: seen.at };
  if (!isBeyond(seen.value, rule)) {
    const back = state.phase === "armed" || isBack(seen.value, rule);
    return { state: back ? { ...judged, phase: "armed", since: null } : judged, fires: false };
  }
  const since = state.since ?? seen.at;
  if (state.phase === "fired") return { state: { ...judged, since }, fires: false };
  const cooling = state.lastFired !== null && seen.at - state.lastFired < rule.coolDownMs;
  // Not judged yet: the same number may still fire once it may be told.
  if (cooling || seen.hushed) return { state: { ...state, since }, fires: false };
  return { state: { phase: "fired", since, lastFired: seen.at, judged: seen.at }, fires: true };
}

/** All looks in order; `fired` = the observations on which it fired. */
export function lookAll(
  state: WatchState,
  seen: readonly Observed[],
  rule: WatchRule,
): { readonly state: WatchState; readonly fired: readonly Observed[] } {
  const fired: Observed[] = [];
  let now = state;
  for (const one of seen) {
    const looked = look(now, one, rule);
    now = looked.state;
    if (looked.fires) fired.push(one);
  }
  return { state: now, fired };
}

type Counted = Observed & { readonly value: number };
const counts = (seen: Observed, rule: WatchRule): seen is Counted =>
  seen.complete && seen.value !== null && (seen.n === null || seen.n >= rule.volumeMin);

function isBeyond(value: number, { op, level }: WatchRule): boolean {
  switch (op) {
    case ">":
      return value > level;
    case ">=":
      return value >= level;
    case "<":
      return value < level;
    case "<=":
      return value <= level;
    default:
      return op satisfies never;
  }
}

/** Back behind the level by the hysteresis. */
const isBack = (value: number, { op, level }: WatchRule): boolean => {
  const margin = Math.abs(level) * HYSTERESIS;
  return op === ">" || op === ">=" ? value <= level - margin : value >= level + margin;
};
