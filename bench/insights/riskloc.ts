import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "csv-parse/sync";
import { cubeBuilder, whereOf } from "../../src/insights/drivers/cube.ts";
import { explainCube } from "../../src/insights/drivers/explain-cube.ts";
import { weightedRisk } from "./peers/riskloc.ts";
import { type Instance, instanceOf } from "./riskloc-world.ts";
import { addCounts, type Counts, countsOf, f1Of, labelOf, NONE } from "./root-causes.ts";

/**
 * Dense additive cubes with planted causes, exact matches: what `modstats explain` names beside RiskLoc, as ported here.
 *
 *   npm run bench:riskloc [-- --count 60 --seed 9000]   instances made here
 *   … -- --data DIR [--named FILE]                      those of the published generator (folder with injection_info.csv); writes what the port named
 */
const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "60" },
    seed: { type: "string", default: "9000" },
    data: { type: "string" },
    named: { type: "string" },
  },
});

console.log("| set | method | right / wrong / missed | F1 | CPU, median |");
console.log("|---|---|---|---|---|");
if (flags.data) bench(flags.data, published(flags.data));
else for (const set of ["S", "L"] as const) bench(`${set}, seeds from ${flags.seed}`, made(set));

function bench(set: string, instances: Iterable<Instance>): void {
  const [ours, port] = [tally(), tally()];
  const named: string[][] = [];
  for (const { cube, truth } of instances) {
    ours.add(() => (explainCube(cube)?.segments ?? []).map(({ where }) => labelOf(where)), truth);
    named.push(port.add(() => weightedRisk(cube).map(({ region }) => labelOf(whereOf(cube, region))), truth));
  }
  console.log(`| ${set} | **modstats explain** | ${ours.row()} |`);
  console.log(`| | RiskLoc, our port | ${port.row()} |`);
  if (flags.named) writeFileSync(flags.named, JSON.stringify(named));
}

function tally() {
  let counts: Counts = NONE;
  const times: number[] = [];
  return {
    add(find: () => string[], truth: readonly string[]): string[] {
      const before = process.cpuUsage();
      const named = find();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000);
      counts = addCounts(counts, countsOf(named, truth));
      return named;
    },
    row(): string {
      times.sort((a, b) => a - b);
      const { right, wrong, missed } = counts;
      const cpu = times[times.length >> 1] ?? 0;
      return `${right} / ${wrong} / ${missed} | ${f1Of(counts).toFixed(3)} | ${cpu.toFixed(0)} ms`;
    },
  };
}

function* made(set: "S" | "L"): Generator<Instance> {
  for (let at = 0; at < Number(flags.count); at += 1) yield instanceOf(set, Number(flags.seed) + at);
}

function* published(folder: string): Generator<Instance> {
  const info = parse(readFileSync(join(folder, "injection_info.csv")), { columns: true }) as Record<string, string>[];
  for (const { timestamp, set } of info.slice(0, Number(flags.count))) {
    const file = join(folder, `${timestamp}.csv`);
    if (!existsSync(file)) continue;
    const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
    const names = Object.keys(rows[0] ?? {}).filter((name) => name !== "real" && name !== "predict");
    const builder = cubeBuilder(names);
    for (const row of rows) {
      const values = names.map((name) => row[name] ?? "");
      builder.add({ values, period: "before", hits: Number(row.predict), weight: null });
      builder.add({ values, period: "after", hits: Number(row.real), weight: null });
    }
    const truth = (set ?? "").split(";").map((label) => label.split("&").sort().join("&"));
    yield { cube: builder.build(), truth };
  }
}
