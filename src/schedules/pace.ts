import { setTimeout as sleep } from "node:timers/promises";

/** Token buckets of one token: whoever waits for its keys gets its turn in order, so that 500 posts at nine are spread. */
export interface Pace {
  /** Resolves when all of these keys have a turn for the caller. */
  turn(keys: readonly PaceKey[]): Promise<void>;
  /** Nobody gets a turn of this key for so long (a Retry-After). */
  pause(name: string, milliseconds: number): void;
  /** Names that are paused now. */
  paused(): string[];
}
export interface PaceKey {
  readonly name: string;
  readonly perSecond: number;
}

const NAMES_REMEMBERED_MAX = 10_000;

/** `monotonic`: milliseconds of a clock that never jumps. */
export function createPace(monotonic: () => number): Pace {
  const freeAt = new Map<string, number>();
  const pausedUntil = new Map<string, number>();
  return {
    async turn(keys) {
      const now = monotonic();
      if (freeAt.size > NAMES_REMEMBERED_MAX) dropPast(freeAt, now);
      const at = Math.max(now, ...keys.flatMap(({ name }) => [freeAt.get(name) ?? 0, pausedUntil.get(name) ?? 0]));
      for (const { name, perSecond } of keys) freeAt.set(name, at + 1_000 / perSecond);
      if (at > now) await sleep(at - now);
    },
    pause(name, milliseconds) {
      pausedUntil.set(name, Math.max(pausedUntil.get(name) ?? 0, monotonic() + milliseconds));
    },
    paused() {
      dropPast(pausedUntil, monotonic());
      return [...pausedUntil.keys()];
    },
  };
}

function dropPast(times: Map<string, number>, now: number): void {
  for (const [name, at] of times) if (at <= now) times.delete(name);
}
