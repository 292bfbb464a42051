import { dirname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Catalog } from "../catalog/catalog.ts";
import { describeProblem, loadCatalog } from "../catalog/load.ts";
import { type Config, ConfigError } from "../config.ts";

/** The built-in catalog and the user's folders after it. Throws a ConfigError that names file, line and remedy. */
export function readCatalog(config: Pick<Config, "MODSTATS_CATALOG_DIRS">): Catalog {
  const loaded = loadCatalog({
    dirs: [resolve(packageRoot(), "catalog"), ...config.MODSTATS_CATALOG_DIRS.map((dir) => resolve(dir))],
  });
  if (loaded.ok) return loaded.value;
  throw new ConfigError(
    `The catalog has ${loaded.error.length} problem(s):\n${loaded.error.map(describeProblem).join("\n")}`,
  );
}

/** The folder with catalog/, assets/ and package.json, from source and from dist/ alike. */
function packageRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.endsWith(["dist", "src", "cli"].join(sep)) ? resolve(here, "../../..") : resolve(here, "../..");
}
