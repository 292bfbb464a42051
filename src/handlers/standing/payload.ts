import { z } from "zod";
import { type Question, questionSchema } from "../../kernel/question.ts";
import type { Said } from "../../language/said.ts";
import type { Schedule } from "../../queries/state/schedules.ts";

/** What a schedule of a question keeps: the Question, and its time as it was said, so that every run puts it on the calendar anew. */
export interface QuestionPayload {
  readonly type: "question";
  readonly question: Question;
  readonly said: Said;
}

/** What a watch keeps beside its Question. Levels are in the metric's unit. */
export interface WatchPayload {
  readonly type: "watch";
  readonly question: Question;
  readonly said: Said;
  readonly op: ">" | ">=" | "<" | "<=";
  readonly level: number;
  readonly volumeMin: number;
  readonly coolDownMinutes: number;
  /** Minutes of the day in the schedule's zone; null = it may speak at any hour. */
  readonly quiet: { readonly from: number; readonly to: number } | null;
  /** Where it is told again when nobody reacts; as people say it. */
  readonly escalateTo: { readonly channel: string; readonly name: string } | null;
  /** Absent on the watch itself; the watch that this schedule raises when nobody reacts to it. */
  readonly escalates?: string;
}
export type Payload = QuestionPayload | WatchPayload | { readonly type: "owners" } | { readonly type: "other" };

const saidSchema = z.object({
  window: z.custom<Said["window"]>((value) => value === null || typeof value === "object"),
  comparison: z.custom<Said["comparison"]>((value) => value === null || typeof value === "object"),
  zone: z.string().nullable(),
});
const questionPayload = z.object({ type: z.literal("question"), question: questionSchema, said: saidSchema });
const watchPayload = z.object({
  type: z.literal("watch"),
  question: questionSchema,
  said: saidSchema,
  op: z.enum([">", ">=", "<", "<="]),
  level: z.number(),
  volumeMin: z.number(),
  coolDownMinutes: z.number(),
  quiet: z.object({ from: z.number(), to: z.number() }).nullable(),
  escalateTo: z.object({ channel: z.string(), name: z.string() }).nullable(),
  escalates: z.string().optional(),
});

/** A schedule's payload as what it is; `other` for the digest's and for what this version cannot read. */
export function payloadOf({ payload }: Pick<Schedule, "payload">): Payload {
  if (payload.type === "question")
    return (questionPayload.safeParse(payload).data as QuestionPayload) ?? { type: "other" };
  if (payload.type === "watch") return (watchPayload.safeParse(payload).data as WatchPayload) ?? { type: "other" };
  return payload.type === "owners" ? { type: "owners" } : { type: "other" };
}
