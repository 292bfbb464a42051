export interface Memory {
  /** How long a result is given out, milliseconds. */
  readonly forMs: number;
  /** What was asked longest ago goes first. */
  readonly entriesMax: number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
}

/**
 * The same work with equal keys done once: those who ask meanwhile wait for the one under way, those who ask later get its result while it is
 * fresh. A result that `isKept` refuses, and work that throws, is forgotten when it ends.
 */
export function remembered<Asked extends readonly unknown[], Result>(
  work: (...asked: Asked) => Promise<Result>,
  keyOf: (...asked: Asked) => string,
  isKept: (result: Result) => boolean,
  { forMs, entriesMax, monotonic }: Memory,
): (...asked: Asked) => Promise<Result> {
  const made = new Map<string, { readonly at: number; readonly result: Promise<Result> }>();
  return (...asked) => {
    const now = monotonic();
    for (const [key, { at }] of made) if (at + forMs < now) made.delete(key);
    const key = keyOf(...asked);
    const known = made.get(key);
    if (known) return known.result;
    const result = work(...asked);
    made.set(key, { at: now, result });
    for (const oldest of made.keys()) {
      if (made.size <= entriesMax) break;
      made.delete(oldest);
    }
    const forget = (): void => void made.delete(key);
    result.then((outcome) => isKept(outcome) || forget(), forget);
    return result;
  };
}
