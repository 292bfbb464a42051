import { loadCatalog } from "../../src/catalog/load.ts";
import { createReader } from "../../src/language/reader.ts";

const loaded = loadCatalog({ dirs: ["catalog"] });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));

/** The built-in catalog and its reader, as the bot has them. */
export const catalog = loaded.value;
export const reader = createReader(catalog);
/** Tuesday 17 March 2026, 10:05 in Singapore. */
export const NOW = Date.parse("2026-03-17T10:05+08:00");
export const here = { now: NOW, zone: "Asia/Singapore" } as const;
