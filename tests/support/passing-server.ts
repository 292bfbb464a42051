import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endEmbedded, startEmbedded } from "../../src/queries/database/embedded.ts";

/** A PostgreSQL of its own for a long run, in a temporary folder; it is gone when the work has ended, however it ended. */
export async function withServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), "modstats-run-"));
  // As root the server runs as another user, who has to get in.
  chmodSync(dataDir, 0o755);
  const server = await startEmbedded({ dataDir, durable: false });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
    endEmbedded(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
}
