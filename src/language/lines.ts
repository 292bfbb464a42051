import { z } from "zod";
import type { Question } from "../kernel/question.ts";
import type { Reader } from "./reader.ts";
import { advance, emptyThread, type ThreadState } from "./thread.ts";

/** One line of `parse --lines`: `now` is an ISO instant, `tz` an IANA zone, `thread` a key that keeps state through the file. */
const lineSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  text: z.string(),
  thread: z.string().nullish(),
  now: z.string().refine((text) => !Number.isNaN(Date.parse(text)), "now: not an ISO instant"),
  tz: z.string(),
  home: z.string().nullish(),
});

export interface ParsedLine {
  readonly id: string;
  readonly question: Question;
}

/** A function that reads lines in order, each thread with its own state. It throws a ZodError on a line of another form. */
export function createLineReader(reader: Reader): (line: unknown) => ParsedLine {
  const threads = new Map<string, ThreadState>();
  return (input) => {
    const { id, text, thread, now, tz, home } = lineSchema.parse(input);
    const state = (thread && threads.get(thread)) || emptyThread;
    const context = { now: Date.parse(now), zone: tz, thread: state, ...(home ? { home } : {}) };
    const { question, undone } = reader.read(text, context);
    if (thread) threads.set(thread, advance(state, question, { undone }));
    return { id, question };
  };
}
