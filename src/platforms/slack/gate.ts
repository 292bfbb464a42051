import { setTimeout as sleep } from "node:timers/promises";

/** Token buckets, one a key: `enter` resolves when it is the caller's turn, in order of arrival. */
export interface Gate {
  /** False = too many are waiting already, nothing was reserved. */
  enter(key: string): Promise<boolean>;
  /** Nobody enters under this key for so long (Slack's Retry-After). */
  pause(key: string, milliseconds: number): void;
}
export interface GateOptions {
  readonly perSecond: number;
  readonly burst: number;
  readonly waitingMax: number;
  readonly keysMax: number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
}

interface Bucket {
  /** When the bucket would be full again; moves on by one interval a token. */
  fullAt: number;
  pausedUntil: number;
  waiting: number;
  tail: Promise<void>;
}

export function createGate(options: GateOptions): Gate {
  const buckets = new Map<string, Bucket>();
  const interval = 1000 / options.perSecond;

  const bucketOf = (key: string): Bucket => {
    const known = buckets.get(key);
    if (known) return known;
    if (buckets.size >= options.keysMax) dropIdle(buckets, options.monotonic());
    const fresh: Bucket = { fullAt: 0, pausedUntil: 0, waiting: 0, tail: Promise.resolve() };
    buckets.set(key, fresh);
    return fresh;
  };

  const turn = async (bucket: Bucket): Promise<void> => {
    for (;;) {
      const now = options.monotonic();
      const from = Math.max(bucket.fullAt, now);
      const wait = Math.max(from + interval - options.burst * interval - now, bucket.pausedUntil - now);
      if (wait <= 0) {
        bucket.fullAt = from + interval;
        return;
      }
      await sleep(wait);
    }
  };

  return {
    async enter(key) {
      const bucket = bucketOf(key);
      if (bucket.waiting >= options.waitingMax) return false;
      bucket.waiting += 1;
      bucket.tail = bucket.tail.then(() => turn(bucket));
      await bucket.tail;
      bucket.waiting -= 1;
      return true;
    },
    pause(key, milliseconds) {
      const bucket = bucketOf(key);
      bucket.pausedUntil = Math.max(bucket.pausedUntil, options.monotonic() + milliseconds);
    },
  };
}

function dropIdle(buckets: Map<string, Bucket>, now: number): void {
  for (const [key, bucket] of buckets) {
    if (bucket.waiting === 0 && bucket.fullAt <= now && bucket.pausedUntil <= now) buckets.delete(key);
  }
}
