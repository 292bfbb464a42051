/** The only door to the time of day: the composition root passes it in, tests pass a fixed one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
export const fixedClock = (iso: string): Clock => {
  const instant = Date.parse(iso);
  if (Number.isNaN(instant)) throw new RangeError(`not an ISO instant: ${iso}`);
  return { now: () => instant };
};
