import type { Clock } from "../kernel/clock.ts";
import { systemClock } from "../kernel/clock.ts";
import { UsageError } from "./fail.ts";

/** `--now` as a clock; the system's without it. Throws a UsageError for anything but an instant with its zone. */
export function clockOf(now: string | undefined): Clock {
  if (now === undefined) return systemClock;
  const instant = Date.parse(now);
  if (Number.isNaN(instant) || !/(Z|[+-]\d{2}:?\d{2})$/.test(now)) {
    throw new UsageError(`--now wants an instant with its zone, for example 2026-03-17T10:05+08:00; got "${now}".`);
  }
  return { now: () => instant };
}

/** `--tz`, checked. */
export function zoneOf(zone: string | undefined, fallback: string): string {
  if (zone === undefined) return fallback;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    throw new UsageError(`--tz wants an IANA time zone, for example Asia/Jakarta; got "${zone}".`);
  }
}
