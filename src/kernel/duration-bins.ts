/**
 * Log-spaced bins of durations. Bin `index` holds seconds in [γ^index, γ^(index+1)); 0 and less fall into bin 0 with 1 s. As a bin keeps
 * the sum of its events' seconds, a quantile reads the mean of its bin: off by less than γ − 1 = 1 %, and exact where a bin
 * holds one event.
 */
export const BIN_GAMMA = 1.01;

export const binOf = (seconds: number): number =>
  Math.max(0, Math.floor(Math.log(Math.max(1, seconds)) / Math.log(BIN_GAMMA)));
/** Geometric middle of a bin, seconds: where censored cases of a bin without events stand. */
export const binMiddle = (index: number): number => BIN_GAMMA ** (index + 0.5);
