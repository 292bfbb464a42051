import { type Judgement, type ScanOptions, type ScanSeries, scan } from "./scan.ts";

export interface SimulateOptions extends Omit<ScanOptions, "at"> {
  /** First and last day that are judged, indexes into `days`. */
  readonly from: number;
  readonly to: number;
  /** Days of history that each day is judged by. */
  readonly historyDays?: number;
}

/** A finding as it would have been announced: once, on the day on which it was first seen. */
export interface Fired {
  readonly at: number;
  /** The last day on which it was still seen. */
  readonly until: number;
  readonly judgement: Judgement;
}

/** A finding that is seen again within these days goes on: it is not a new one. */
const GOES_ON_DAYS = 7;

/**
 * What would have fired, day by day, each day judged by what was known on it. A finding of the same series to the same side that goes on is
 * announced once. Masks are those of today: an incident that was flagged later is not in any baseline.
 */
export function simulate(all: readonly ScanSeries[], options: SimulateOptions): Fired[] {
  const { from, to, historyDays = 180, ...rest } = options;
  const fired: Fired[] = [];
  for (let at = from; at <= to; at++) {
    const start = Math.max(0, at - historyDays + 1);
    const days = all[0]?.days.slice(start, at + 1) ?? [];
    for (const judgement of scan(
      all.map((series) => cut(series, start, at, days)),
      { ...rest, at: at - start },
    )) {
      const own = { ...judgement, from: judgement.from + start, to: judgement.to + start };
      const going = fired.findLastIndex(
        ({ judgement: { id, direction }, until }) =>
          id === own.id && direction === own.direction && at - until <= GOES_ON_DAYS,
      );
      const before = fired[going];
      if (before) fired[going] = { ...before, until: at };
      else fired.push({ at, until: at, judgement: own });
    }
  }
  return fired;
}

/** The days are shared, so that what is known of them is worked out once. */
const cut = (series: ScanSeries, start: number, at: number, days: readonly string[]): ScanSeries => ({
  ...series,
  days,
  values: series.values.slice(start, at + 1),
  denominators: series.denominators?.slice(start, at + 1) ?? null,
  masked: series.masked.slice(start, at + 1),
  calendar: series.calendar.slice(start, at + 1),
});
