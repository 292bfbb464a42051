/** Circuit breaker: after some failures in a row a dependency is left alone for a while, then tried with one call. */
export interface Breaker {
  succeeded(name: string): void;
  failed(name: string): void;
  /** Names that are left alone now. */
  open(): string[];
}

/** `monotonic`: milliseconds of a clock that never jumps. */
export function createBreaker(
  options: { readonly failuresMax: number; readonly openMs: number },
  monotonic: () => number,
): Breaker {
  const states = new Map<string, { failures: number; openUntil: number }>();
  return {
    succeeded: (name) => void states.delete(name),
    failed(name) {
      const failures = (states.get(name)?.failures ?? 0) + 1;
      const openUntil = failures >= options.failuresMax ? monotonic() + options.openMs : 0;
      states.set(name, { failures, openUntil });
    },
    open: () => [...states].filter(([, { openUntil }]) => openUntil > monotonic()).map(([name]) => name),
  };
}
