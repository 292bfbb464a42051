import { ConfigError } from "../config.ts";

/** Exit codes of every command. */
export const EXIT = { answered: 0, fault: 1, refused: 2 } as const;

/** Something that the caller can mend: one sentence, exit code 2. */
export class UsageError extends Error {}

/** Prints one sentence, never a stack, and gives the exit code. */
export function fail(cause: unknown): number {
  const known = cause instanceof ConfigError || cause instanceof UsageError;
  const message = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(`${message}\n`);
  return known ? EXIT.refused : EXIT.fault;
}
