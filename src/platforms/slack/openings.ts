/**
 * Threads that are being opened: between Slack's showing a root message and our remembering its thread, a quick person's follow-up
 * would look like talk in a stranger's thread.
 */
export interface Openings {
  /** Runs work that posts into a channel and binds the thread. */
  during<T>(channel: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when what was being opened in the channel at this moment is bound; at once where nothing was. */
  settled(channel: string): Promise<void>;
}

export function createOpenings(): Openings {
  const open = new Map<string, Set<Promise<unknown>>>();
  return {
    async during(channel, work) {
      const here = open.get(channel) ?? new Set();
      open.set(channel, here);
      const task = work();
      here.add(task);
      try {
        return await task;
      } finally {
        here.delete(task);
        if (here.size === 0) open.delete(channel);
      }
    },
    async settled(channel) {
      await Promise.allSettled(open.get(channel) ?? []);
    },
  };
}
