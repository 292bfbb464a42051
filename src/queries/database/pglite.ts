import type { Database } from "./embedded.ts";
export async function startPglite(_dataDir: string): Promise<Database> {
  throw new Error("not yet");
}
