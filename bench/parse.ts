import { existsSync, readFileSync } from "node:fs";
import { loadCatalog } from "../src/catalog/load.ts";
import { createReader } from "../src/language/reader.ts";

/** How long words take to become a Question: median, p99 and worst over ordinary questions and over 10 kB of hostile text. */
const FILE = "../shared/acceptance/questions.public.jsonl";
const FALLBACK = [
  "overturn rate by market last 14d",
  "昨天印尼申诉推翻率多少",
  "tồn đọng VN hôm nay",
  "backlog live TH >24h vs last week",
];
const ROUNDS = 20;
const HOSTILE_CHARS = 10_000;

const catalog = loadCatalog({ dirs: ["catalog"] });
if (!catalog.ok) throw new Error(JSON.stringify(catalog.error));
const started = performance.now();
const reader = createReader(catalog.value);
console.log(`index built in ${(performance.now() - started).toFixed(0)} ms`);

const ordinary = existsSync(FILE)
  ? readFileSync(FILE, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { text: string }).text)
  : FALLBACK;
const repeated = (piece: string): string =>
  piece.repeat(Math.ceil(HOSTILE_CHARS / piece.length)).slice(0, HOSTILE_CHARS);
const hostile = [
  "a", "1", " ", "-", "market=", 'market="', "ID and ", "exclude ID, ", "from 1 mar to ", "since since ", "9/3 - ",
  "last 7 ", "overtun ", "xqzwvk ", "p95 tat ", "积压", "上周", "งานค้าง", "ไม่รวม", "tồn đọng ", "ton dong ", "((((", "::::",
  ":a:", "\u0301", "👍", "ﷺ", "vs ", "what does ", "top 5 ", ">24h ", "every monday ", "my fp rate ", "1-3 ", "10:00-11:00 ",
].map(repeated); // biome-ignore format: one list

report("ordinary", ordinary, ROUNDS);
report("hostile, 10 kB", hostile, 3);

function report(name: string, texts: readonly string[], rounds: number): void {
  const took: { ms: number; text: string }[] = [];
  for (let round = 0; round <= rounds; round += 1)
    for (const text of texts) {
      const before = performance.now();
      reader.read(text, { now: 1_773_713_100_000, zone: "Asia/Singapore" });
      if (round > 0) took.push({ ms: performance.now() - before, text });
    }
  took.sort((a, b) => a.ms - b.ms);
  const at = (share: number): string => (took[Math.floor(share * (took.length - 1))]?.ms ?? 0).toFixed(3);
  const worst = took.at(-1);
  console.log(
    `${name}: median ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms (${JSON.stringify(worst?.text.slice(0, 40))})`,
  );
}
