import { z } from "zod";
import type { WatchState } from "../../insights/watch/watch-machine.ts";

/** What a watch remembers between two looks. */
export interface WatchMemory {
  /** Segment (JSON of its key) → state. */
  readonly segments: Readonly<Record<string, WatchState>>;
  /** Why it cannot be judged, once that was told; null = it can. */
  readonly broken: string | null;
}
const memorySchema = z.object({
  segments: z.record(
    z.string(),
    z.object({
      phase: z.enum(["armed", "fired"]),
      since: z.number().nullable(),
      lastFired: z.number().nullable(),
      judged: z.number().nullable(),
    }),
  ),
  broken: z.string().nullable(),
});

/** Kept memory read back; an empty one where there is none, or one of another version. */
export const memoryOf = (kept: unknown): WatchMemory =>
  memorySchema.safeParse(kept).data ?? { segments: {}, broken: null };
