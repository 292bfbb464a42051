import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The unprivileged user that a server started by root runs as: PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** `postgres`, else `nobody`, when this process is root; null when it is not (the server then runs as ourselves). */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const wanted of ["postgres", "nobody"]) {
    const [name, , uid, gid] = accounts.find((line) => line.startsWith(`${wanted}:`))?.split(":") ?? [];
    if (name && uid && gid) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("Running as root, and this machine has neither a user postgres nor a user nobody: set DATABASE_URL.");
}

/**
 * The folder that the server can really use for `dataDir`: itself, unless a parent is closed to `user` (root's home is 0700). Then it is
 * a folder under `/var/lib/modstats`, one for each `dataDir`, which survives a restart alike; in the folder for temporary files where
 * `/var/lib` cannot be written to.
 */
export function reachableFolder(dataDir: string, user: ServerUser | null, closedHome = "/var/lib/modstats"): string {
  const wanted = resolve(dataDir);
  if (!user || passable(wanted, user)) return wanted;
  const name = createHash("sha256").update(wanted).digest("hex").slice(0, 16);
  for (const home of [closedHome, join(tmpdir(), "modstats-data")]) {
    try {
      const folder = join(home, name);
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (passable(folder, user)) return folder;
    } catch {
      // A read-only /var/lib: the next one.
    }
  }
  throw new Error(`The user ${user.name} cannot reach ${wanted}: choose another data folder or set DATABASE_URL.`);
}

/** May `user` walk through every existing parent of `folder`? */
function passable(folder: string, user: ServerUser): boolean {
  const parent = dirname(folder);
  if (parent === folder) return true;
  return opens(parent, user) && passable(parent, user);
}

function opens(folder: string, user: ServerUser): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  // Not there yet: it will be made with 0755.
  if (!stat) return true;
  const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
  return (stat.mode & bit) !== 0;
}
