import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { png } from "../src/charts/png.ts";
import { chartText } from "../src/charts/text.ts";
import { gallery } from "../tests/gallery/specs.ts";

/** Draws every chart of the gallery into tests/gallery/out, to be opened and judged: `tsx scripts/gallery.ts [name …]`. */
const out = join(import.meta.dirname, "..", "tests", "gallery", "out");
mkdirSync(out, { recursive: true });
const wanted = process.argv.slice(2);
for (const [name, spec] of Object.entries(gallery)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const before = process.cpuUsage();
  const picture = await png(spec);
  const { user, system } = process.cpuUsage(before);
  writeFileSync(join(out, `${name}.png`), picture);
  writeFileSync(join(out, `${name}.txt`), `${chartText(spec)}\n`);
  console.log(
    `${name.padEnd(24)} ${String(Math.round(picture.length / 1024)).padStart(4)} KB  ${Math.round((user + system) / 1000)} CPU-ms`,
  );
}
