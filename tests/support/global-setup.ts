import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { endEmbedded } from "../../src/queries/database/embedded.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Data folder of the run's embedded server, which the first test that needs a database starts. */
    readonly databaseDir: string;
  }
}

/** One embedded server for a whole run of vitest; nothing is started for tests that need no database. */
export default function setup(project: TestProject): () => void {
  const databaseDir = mkdtempSync(join(tmpdir(), "modstats-test-"));
  // Open to the unprivileged user that a server started by root runs as.
  chmodSync(databaseDir, 0o755);
  project.provide("databaseDir", databaseDir);
  return () => {
    endEmbedded(databaseDir);
    rmSync(databaseDir, { recursive: true, force: true });
  };
}
