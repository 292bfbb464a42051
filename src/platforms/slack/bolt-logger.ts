import { type Logger, LogLevel } from "@slack/bolt";
import type { Log } from "../../kernel/log.ts";

/** Bolt's and the SDK's logger → ours. Their debug lines carry whole payloads, so those are dropped. */
export function boltLogger(log: Log): Logger {
  const line = (parts: unknown[]): string =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" ");
  return {
    debug() {},
    info: (...parts: unknown[]) => log.debug(line(parts)),
    warn: (...parts: unknown[]) => log.warn(line(parts)),
    error: (...parts: unknown[]) => log.error(line(parts)),
    setLevel() {},
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}
