import { once } from "node:events";
import { startThread } from "../../kernel/thread.ts";
import { type JudgeAsked, type Judged, judge } from "./judge.ts";

/**
 * Judges on a thread of its own: seconds of arithmetic, in which the bot goes on answering. Where no thread can be had this one does it; a bug
 * shows the same there.
 */
export async function judgeAside(asked: JudgeAsked): Promise<Judged> {
  try {
    return await onThread(asked);
  } catch {
    return judge(asked);
  }
}

async function onThread(asked: JudgeAsked): Promise<Judged> {
  const thread = startThread("judge-thread", import.meta.url);
  try {
    thread.postMessage(asked);
    const [judged] = (await Promise.race([once(thread, "message"), ended(thread)])) as [Judged];
    return judged;
  } finally {
    await thread.terminate();
  }
}

/** `once` rejects on "error"; a thread may also end without a word. */
async function ended(thread: ReturnType<typeof startThread>): Promise<never> {
  await once(thread, "exit");
  throw new Error("the judging thread ended");
}
