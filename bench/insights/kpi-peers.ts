import { exponentialSmoothing } from "../../src/insights/forecast/smoothing.ts";
import { mstl } from "../../src/insights/forecast/stl.ts";
import { EVALUATED_DAYS } from "./kpi-world.ts";

/** Anomaly scores of one daily series by methods that others use; each day by what came before it (STL: with the day itself). */
export const KPI_PEERS: Readonly<Record<string, (y: Float64Array) => Float64Array>> = {
  "same weekday, mean and sd of 8": (y) => judged(y, (t) => weekdayScore(y, t, meanOf, sdOf)),
  "same weekday, median and MAD of 8": (y) => judged(y, (t) => weekdayScore(y, t, medianOf, madOf)),
  "STL remainder and MAD": (y) =>
    judged(y, (t) => {
      const { remainder } = mstl(y.subarray(0, t + 1), [7], true);
      return Math.abs(remainder[t] ?? 0) / madOf([...remainder]);
    }),
  "STL + ETS one step, MAD": (y) => {
    const errors: number[] = [];
    return judged(
      y,
      (t) => {
        const { seasonal, trend, remainder } = mstl(y.subarray(0, t), [7], false);
        const level =
          exponentialSmoothing(
            trend.map((value, i) => value + (remainder[i] ?? 0)),
            1,
          )[0] ?? 0;
        const error = (y[t] ?? 0) - level - (seasonal[0]?.[t - 7] ?? 0);
        const score = errors.length > 20 ? Math.abs(error) / (1.4826 * medianOf(errors.map(Math.abs))) : 0;
        errors.push(error);
        return score;
      },
      60,
    );
  },
  "change against a week ago": (y) => judged(y, (t) => Math.abs((y[t] ?? 0) / Math.max(1e-9, y[t - 7] ?? 0) - 1)),
};

function judged(y: Float64Array, scoreAt: (t: number) => number, warmUp = 0): Float64Array {
  const scores = new Float64Array(y.length);
  for (let t = y.length - EVALUATED_DAYS - warmUp; t < y.length; t++) scores[t] = scoreAt(t);
  return scores;
}

function weekdayScore(
  y: Float64Array,
  t: number,
  centre: (values: readonly number[]) => number,
  scale: (values: readonly number[]) => number,
): number {
  const own = Array.from({ length: 8 }, (_, k) => y[t - 7 * (k + 1)] ?? 0);
  return Math.abs((y[t] ?? 0) - centre(own)) / Math.max(1e-9, scale(own));
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sdOf = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0) / (values.length - 1));
const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[sorted.length >> 1] ?? 0) + (sorted[(sorted.length - 1) >> 1] ?? 0)) / 2;
};
const madOf = (values: readonly number[]): number =>
  1.4826 * medianOf(values.map((value) => Math.abs(value - medianOf(values))));
