import type { PostContent } from "../chat/post.ts";
import type { Schedule } from "../queries/state/schedules.ts";

/** One run of a schedule, to be put into words. */
export interface Slot {
  readonly schedule: Schedule;
  /** Local calendar day in the schedule's zone: "2026-03-17". */
  readonly day: string;
  /**
   * When it is due, epoch milliseconds: the "now" to compose for, however late it is. Equal slots of different channels have the same, which
   * is what lets them share their measurements (`shared-measure.ts`).
   */
  readonly at: number;
  /** How much later than that it is now; the worker adds the sentence that says so. */
  readonly lateMs: number;
}

/**
 * Puts a run into words: the messages in their order, each the root of a thread of its own; `[]` = nothing to say, the run is done. They are
 * frozen before the first is posted. A composer may throw: the run is tried again later, at the end given up and its owner told.
 */
export type Composer = (slot: Slot) => Promise<readonly PostContent[]>;
/** One composer for each kind of schedule; the composition root puts them together. */
export type Composers = Readonly<Record<Schedule["payload"]["type"], Composer>>;
