/** Symmetric percentage error of one forecast, 0 to 200; both zero is no error. */
export const smapePoint = (actual: number, forecast: number): number => {
  const size = Math.abs(actual) + Math.abs(forecast);
  return size === 0 ? 0 : (200 * Math.abs(actual - forecast)) / size;
};

/** Mean absolute difference from the value one season before, over what was observed; null where there is none or it is 0. */
export function seasonalNaiveError(y: readonly (number | null)[] | Float64Array, period: number): number | null {
  let [sum, count] = [0, 0];
  for (let i = period; i < y.length; i++) {
    const [now, before] = [y[i] ?? null, y[i - period] ?? null];
    if (now === null || before === null) continue;
    sum += Math.abs(now - before);
    count += 1;
  }
  return count > 0 && sum > 0 ? sum / count : null;
}

/** Interval score of one value: width plus 2/α times what lies outside. Source: Gneiting & Raftery (2007). */
export const intervalScore = (actual: number, low: number, high: number, level: number): number =>
  high - low + (2 / (1 - level)) * (Math.max(0, low - actual) + Math.max(0, actual - high));
