/**
 * Rates in a tree of 1, 6 and 60 series, 96 events somewhere in it: how often one event is told twice, and false findings a digest. Seeded.
 */
import { type Judgement, type ScanSeries, scan } from "../../src/insights/detect/scan.ts";
import { randomOf } from "./random.ts";
import { isoDays, overdispersed } from "./rates-world.ts";
import { goal, report, writeTable } from "./report.ts";

const BRANCHES = 6;
const LEAVES = 10;
const HISTORY = 120;
const EVENTS = 96;
/** An event every fourth day, each one day long. */
const EVERY = 4;
const DAYS = HISTORY + EVENTS * EVERY;

interface TreeEvent {
  readonly day: number;
  /** The node whose leaves all move. */
  readonly id: string;
  readonly factor: number;
}

const { series, events } = tree(17);
const flat = series.map((own) => ({ ...own, parent: null }));
const rows = [0.05, 0.025].flatMap((q) => [
  rowOf(`every series for itself, BH ${100 * q} %`, flat, q),
  rowOf(`**modstats: wholes first, their shock divided out, BH ${100 * q} %**`, series, q),
]);
writeTable(
  "hierarchy",
  ["| method | events found | told again, an event | false findings a digest |", "|---|---|---|---|", ...rows].join(
    "\n",
  ),
);
report();

function rowOf(name: string, all: readonly ScanSeries[], q: number): string {
  let [found, again, wrong] = [0, 0, 0];
  for (let at = HISTORY; at < DAYS; at++) {
    const event = events.find(({ day }) => day === at);
    const window = cut(all, at);
    const judgements = scan(window, { at: HISTORY - 1, q, minEffect: 0, minVolume: 0 });
    const right = judgements.filter((own) => event !== undefined && touches(own, event));
    wrong += judgements.length - right.length;
    if (right.length === 0) continue;
    found += 1;
    again += right.length - 1;
  }
  const [duplicates, falseADay] = [again / Math.max(1, found), wrong / (DAYS - HISTORY)];
  if (all !== flat) {
    goal(`told again, an event, BH ${q}`, duplicates, duplicates <= 0.1);
    goal(`false findings a digest, BH ${q}`, falseADay, falseADay <= 0.03);
  }
  return `| ${[name, (found / EVENTS).toFixed(3), duplicates.toFixed(2), falseADay.toFixed(3)].join(" | ")} |`;
}

/** The node itself, what it is part of, or a part of it. */
function touches({ id }: Judgement, event: TreeEvent): boolean {
  return id === "all" || event.id === "all" || id.startsWith(event.id) || event.id.startsWith(id);
}

function cut(all: readonly ScanSeries[], at: number): ScanSeries[] {
  const [from, to] = [at - HISTORY + 1, at + 1];
  const days = all[0]?.days.slice(from, to) ?? [];
  return all.map((own) => ({
    ...own,
    days,
    values: own.values.slice(from, to),
    denominators: own.denominators?.slice(from, to) ?? null,
    masked: own.masked.slice(from, to),
    calendar: own.calendar.slice(from, to),
  }));
}

/** Leaves of 20 to 2,000 cases a day at 5 % to 30 %, a common shock of 3 % a day; events × 0.5, 1.6 or 2.2: 48 in leaves, 32 in branches, 16 everywhere. */
function tree(seed: number): { series: ScanSeries[]; events: TreeEvent[] } {
  const random = randomOf(seed);
  const dated = isoDays(DAYS);
  const names = Array.from({ length: BRANCHES * LEAVES }, (_, i) => `${Math.floor(i / LEAVES)}/${i % LEAVES}/`);
  const made = Array.from({ length: EVENTS }, (_, i): TreeEvent => {
    const leaf = names[Math.floor(random.uniform() * names.length)] ?? "";
    const id = i % 6 < 3 ? leaf : i % 6 < 5 ? `${leaf.split("/")[0]}/` : "all";
    return { day: HISTORY + i * EVERY + 1, id, factor: [0.5, 1.6, 2.2][Math.floor(random.uniform() * 3)] ?? 1 };
  });
  const common = dated.map(() => Math.exp(0.03 * random.normal()));
  const leaves = names.map((id) => {
    const [cases, rate, rho] = [20 * 100 ** random.uniform(), 0.05 * 6 ** random.uniform(), 0.01 * random.uniform()];
    const denominators = dated.map(() => Math.max(1, random.poisson(cases)));
    const values = dated.map((_, t) => {
      const event = made.find(({ day, id: node }) => day === t && (node === "all" || id.startsWith(node)));
      const mean = Math.min(0.95, rate * (common[t] ?? 1) * (event?.factor ?? 1));
      return random.binomial(denominators[t] ?? 0, overdispersed(mean, rho, random));
    });
    return { id, denominators, values };
  });
  const nodeOf = (id: string, parent: string | null, own: typeof leaves): ScanSeries => ({
    id,
    parent,
    kind: "rate",
    days: dated,
    values: sums(own.map(({ values }) => values)),
    denominators: sums(own.map(({ denominators }) => denominators)),
    masked: dated.map(() => false),
    calendar: dated.map(() => null),
  });
  const branches = Array.from({ length: BRANCHES }, (_, b) =>
    nodeOf(
      `${b}/`,
      "all",
      leaves.filter(({ id }) => id.startsWith(`${b}/`)),
    ),
  );
  return {
    series: [
      nodeOf("all", null, leaves),
      ...branches,
      ...leaves.map((leaf) => nodeOf(leaf.id, `${leaf.id.split("/")[0]}/`, [leaf])),
    ],
    events: made,
  };
}

function sums(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, t) => rows.reduce((sum, row) => sum + (row[t] ?? 0), 0));
}
