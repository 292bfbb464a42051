import { armed, lookAll, type Observed, type WatchRule } from "../../insights/watch/watch-machine.ts";
import { wallOf } from "../../language/zone.ts";
import type { WatchPayload } from "./payload.ts";
import type { SeenPoint, WatchSeries } from "./watch-series.ts";

export const BACK_TEST_DAYS = 60;

export const ruleOfWatch = (
  payload: Pick<WatchPayload, "op" | "level" | "volumeMin" | "coolDownMinutes">,
): WatchRule => ({
  op: payload.op,
  level: payload.level,
  volumeMin: payload.volumeMin,
  coolDownMs: payload.coolDownMinutes * 60_000,
});

export interface Firing {
  readonly segment: string;
  readonly point: SeenPoint;
}

/** When the watch would have fired, had it stood over this series: earliest first. The same machine that judges it once it is saved. */
export function backTest(
  series: WatchSeries,
  payload: Pick<WatchPayload, "op" | "level" | "volumeMin" | "coolDownMinutes" | "quiet">,
  zone: string,
): Firing[] {
  const rule = ruleOfWatch(payload);
  const firings: Firing[] = [];
  for (const [segment, { points }] of series.segments) {
    // A day's number is told in the morning, whatever the hour its window ended.
    const seen = points.map((point) =>
      observed(point, series.step === "hour" && isQuiet(point.at, payload.quiet, zone)),
    );
    const { fired } = lookAll(armed, seen, rule);
    const at = new Set(fired.map((one) => one.at));
    firings.push(...points.filter((point) => at.has(point.at)).map((point) => ({ segment, point })));
  }
  return firings.sort((a, b) => a.point.at - b.point.at);
}

export const observed = ({ at, value, n, complete }: SeenPoint, hushed: boolean): Observed => ({
  at,
  value,
  n,
  complete,
  hushed,
});

/** Whether an instant lies in the quiet hours on the zone's clock; they may go over midnight. */
export function isQuiet(at: number, quiet: WatchPayload["quiet"], zone: string): boolean {
  if (quiet === null) return false;
  const { minute } = wallOf(at, zone);
  return quiet.from < quiet.to ? quiet.from <= minute && minute < quiet.to : minute >= quiet.from || minute < quiet.to;
}

/** Levels that would have fired between once and eight times, the one that is asked for left out; at most two, two digits each. */
export function otherLevels(
  series: WatchSeries,
  payload: Pick<WatchPayload, "op" | "level" | "volumeMin" | "coolDownMinutes" | "quiet">,
  zone: string,
): { readonly level: number; readonly firings: number }[] {
  const values = [...series.segments.values()]
    .flatMap(({ points }) => points.filter((point) => point.complete).flatMap((point) => point.value ?? []))
    .sort((a, b) => a - b);
  if (values.length < 10) return [];
  const up = payload.op === ">" || payload.op === ">=";
  const shares = up ? [0.99, 0.97, 0.9, 0.8] : [0.01, 0.03, 0.1, 0.2];
  const levels = shares.map((share) => Number((values[Math.round(share * (values.length - 1))] ?? 0).toPrecision(2)));
  return [...new Set(levels)]
    .filter((level) => level !== payload.level)
    .map((level) => ({ level, firings: backTest(series, { ...payload, level }, zone).length }))
    .filter(({ firings }) => firings >= 1 && firings <= 8)
    .slice(0, 2);
}
