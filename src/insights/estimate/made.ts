import type { Estimate } from "../../kernel/measurement.ts";

/** What a number is before the clock's flags are put on it; null = no rows. */
export type Made = Omit<Estimate, "flags"> | null;
