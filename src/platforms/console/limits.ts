/** Limits of the local page, unit in the name. */
export const consoleLimits = {
  /** Body of one request. */
  body_bytes_max: 64 * 1024,
  /** Words of one question. */
  text_chars_max: 4_000,
  /** Requests that the bot may be working on at once; more are told to wait. */
  working_max: 16,
  /** Answers whose delivery id is remembered, so that a repeated request gives the same answer. */
  remembered_max: 200,
  /** How long `stop` waits for open connections. */
  stop_ms_max: 2_000,
} as const;
