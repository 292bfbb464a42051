import { tUpperQuantile } from "../distributions/t.ts";
import { changeKind } from "./change-kind.ts";
import { firstWhere } from "./hit-findings.ts";
import type { Look } from "./look.ts";
import type { Judgement } from "./series.ts";
import type { Tracked } from "./tracks.ts";

/** The finding in the metric's unit, over the days that the change covers. */
export function reportOf(tracked: Tracked, at: number, look: Look, q: number): Judgement {
  const { track, series } = tracked;
  const [expected, plain] = [track.expected[at] ?? 0, track.plain[at] ?? 0];
  const shared = {
    id: series.id,
    to: at,
    direction: look.direction,
    p: look.p,
    q,
    parentShock: factorOf(track.back(expected), track.back(plain)),
  };
  if (look.by === "spread")
    return {
      ...shared,
      from: Math.max(0, at - 13),
      kind: "variance",
      value: look.ratio,
      expected: 1,
      ...SPREAD,
      n: null,
    };
  const { kind, from } = changeKind(tracked.track, at, look.direction);
  return { ...shared, kind, from, ...over(tracked, from, at) };
}

const factorOf = (expected: number, plain: number): number => (plain > 0 ? expected / plain : 1);

/** About what two weeks' standard deviation of an unchanged series is within. */
const SPREAD = { low: 0.6, high: 1.4 } as const;

/** Value, expected value and 95 % band over days, with the level before them. */
function over({ track, series, inflation }: Tracked, from: number, to: number) {
  let [value, mean, variance, cases, days] = [0, 0, 0, 0, 0];
  for (let t = from; t <= to; t++) {
    if (Number.isNaN(track.score[t] ?? Number.NaN)) continue;
    value += track.observed[t] ?? 0;
    mean += track.expectedFrom(t, from);
    variance += track.variance[t] ?? 0;
    cases += track.exposure[t] ?? 0;
    days += 1;
  }
  const widened = variance * (days > 14 ? inflation[28] : days > 1 ? inflation[7] : 1);
  if (series.kind === "amount") {
    const half = (tUpperQuantile(0.025, 5) * Math.sqrt(widened)) / days;
    const { back } = track;
    const [centre, own] = [mean / days, value / days];
    return { value: back(own), expected: back(centre), low: back(centre - half), high: back(centre + half), n: null };
  }
  const tailsAt = (k: number) => track.tails(k, mean, widened, cases);
  const most = series.kind === "rate" ? cases : 2 * mean + 12 * Math.sqrt(widened) + 20;
  const low = firstWhere(0, Math.ceil(mean), (k) => tailsAt(k).lower > 0.025);
  const high = firstWhere(Math.floor(mean), Math.ceil(most), (k) => tailsAt(k).upper < 0.025);
  return {
    value: value / cases,
    expected: mean / cases,
    low: low / cases,
    high: high / cases,
    n: series.kind === "rate" ? cases : null,
  };
}
