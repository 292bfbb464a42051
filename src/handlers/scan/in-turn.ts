/** Runs tasks in order, at most `atOnce` of them together: a scan reads much and must leave clients to those who ask. */
export async function inTurn<T>(atOnce: number, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const done: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < tasks.length) {
      const mine = next;
      next += 1;
      const task = tasks[mine];
      if (task) done[mine] = await task();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tasks.length) }, work));
  return done;
}
