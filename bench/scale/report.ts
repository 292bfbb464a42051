import type { OursTimes } from "./ours.ts";
import { QUESTIONS } from "./questions.ts";

export interface EngineTimes {
  readonly name: string;
  readonly bytes: number;
  readonly questions: Readonly<
    Record<string, { readonly wallMs: number; readonly cpuMs: number; readonly rows: number }>
  >;
}

export interface BenchResult {
  readonly rows: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, unknown>>;
  readonly engines: readonly EngineTimes[];
  readonly ours: OursTimes | null;
}

/** The figures as Markdown, ready for docs/performance.md. */
export function reportText({ rows, counts, steps, engines, ours }: BenchResult): string {
  return [
    `### ${rows.toExponential().replace("+", "")} decisions`,
    `Rows: ${Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", ")}.`,
    stepsTable(steps),
    questionsTable(engines, ours),
    ...(ours ? [clientsTable(ours), sizesTable(ours, engines)] : []),
  ].join("\n\n"); // biome-ignore format: one document
}

interface StepTimes {
  readonly cpuSeconds?: number;
  readonly nodeSeconds?: number;
  readonly events?: number;
}

function stepsTable(steps: BenchResult["steps"]): string {
  const lines = Object.entries(steps).map(([name, step]) => {
    const { seconds, result } = step as { seconds: number; result: StepTimes | null };
    const { cpuSeconds, nodeSeconds, events } = result ?? {};
    const cpu = (cpuSeconds ?? 0) + (nodeSeconds ?? 0);
    const perMillion = events ? `${((cpu * 1e6) / events).toFixed(1)} CPU-s per 10^6 of ${events} rows` : "";
    return `| ${name} | ${seconds.toFixed(1)} | ${cpuSeconds?.toFixed(1) ?? ""} | ${nodeSeconds?.toFixed(1) ?? ""} | ${perMillion} |`;
  });
  return ["| step | wall s | server CPU s | Node CPU s | |", "|---|---|---|---|---|", ...lines].join("\n");
}

function questionsTable(engines: readonly EngineTimes[], ours: OursTimes | null): string {
  const names = engines.map(({ name }) => `${name} CPU-ms (wall)`);
  const lines = QUESTIONS.map(({ id }) => {
    const mine = ours?.questions[id];
    const peers = engines.map(({ questions }) => questions[id]);
    const cells = peers.map((peer) => (peer ? `${ms(peer.cpuMs)} (${ms(peer.wallMs)})` : ""));
    const ratios = mine
      ? peers.map((peer) => (peer ? `${Math.round(peer.cpuMs / Math.max(0.01, mine.cpuMs))}×` : "")).join(" / ")
      : "";
    const own = mine
      ? [ms(mine.cpuMs), `${ms(mine.sqlMs)}`, `${ms(mine.wallMs)} / ${ms(mine.p99Ms)}`, ms(mine.coldMs), mine.source]
      : ["", "", "", "", ""];
    return `| ${[id, ...cells, ...own, ratios].join(" | ")} |`;
  });
  const head = [
    "question",
    ...names,
    "ours: server CPU-ms",
    "SQL ms",
    "reply ms p50 / p99",
    "cold ms",
    "from",
    "peer ÷ ours (CPU)",
  ];
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...lines].join("\n");
}

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

function clientsTable(ours: OursTimes): string {
  const lines = ours.clients.map(
    ({ clients, p50, p99, sqlP50, sqlP99, perSecond, refused }) =>
      `| ${clients} | ${ms(sqlP50)} / ${ms(sqlP99)} | ${ms(p50)} / ${ms(p99)} | ${Math.round(perSecond)} | ${refused} |`,
  );
  return [
    "| clients, the thirteen mixed | SQL ms p50 / p99 | reply ms p50 / p99 | answers a second | refused |",
    "|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

function sizesTable(ours: OursTimes, engines: readonly EngineTimes[]): string {
  const mb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
  const lines = Object.entries(ours.sizes ?? {}).map(
    ([name, { heap, indexes }]) => `| PostgreSQL, schema ${name} | ${mb(heap)} + ${mb(indexes)} indexes |`,
  );
  const peers = engines.filter(({ bytes }) => bytes > 0).map(({ name, bytes }) => `| ${name} | ${mb(bytes)} |`);
  const share = Object.entries(ours.sizes ?? {}).map(([name, { heap, indexes }]) => [name, heap + indexes] as const);
  const bytes = Object.fromEntries(share);
  const small = [
    `Roll-ups: ${((100 * (bytes.rollup ?? 0)) / (bytes.mart ?? 1)).toFixed(1)} % of the mart; ${ours.cells} cells a day, ${ours.allCells} if every set of two dimensions were kept.`,
    `Question → SQL: median ${ours.compileMs?.toFixed(3)} ms.`,
  ];
  return [...small, "", "| where | size |", "|---|---|", ...lines, ...peers].join("\n");
}
