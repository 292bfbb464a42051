import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Catalog, Metric } from "../src/catalog/catalog.ts";
import { describeProblem, loadCatalog } from "../src/catalog/load.ts";

/** docs/metrics.md, from the catalog alone: what is written there is what is computed. */
export function metricReference(catalog: Catalog): string {
  const groups = [...new Set([...catalog.metrics.values()].map(({ group }) => group))];
  const parts = groups.map((group) => {
    const metrics = [...catalog.metrics.values()].filter((metric) => metric.group === group);
    return [`## ${group[0]?.toUpperCase()}${group.slice(1)}`, ...metrics.map((metric) => card(metric, catalog))].join(
      "\n\n",
    );
  });
  return `# Metrics\n\n${INTRODUCTION}\n\n${parts.join("\n\n")}\n`;
}

const INTRODUCTION = `Every metric of the built-in catalog: what it is, how it is computed, what to mind. Generated from \`catalog/\` by
\`npx tsx scripts/metric-reference.ts\`; a test holds it to the catalog. Each id can be asked for by itself
(\`/modstats tat_p90 by queue\`); the words are those that people use for it.`;

function card(metric: Metric, catalog: Catalog): string {
  const lines: [string, string | null][] = [
    ["Formula", metric.formula],
    ["Counted on", countedOn(metric)],
    ["Unit, better", `${metric.unit}, ${metric.good}`],
    ["Final after", metric.maturityDays === null ? null : `${metric.maturityDays} days`],
    ["Counts once", metric.labelsNeeded === null ? null : `${metric.labelsNeeded * 100} % of the drawn labels are in`],
    ["Interval", metric.interval],
    ["Mind", metric.watchOut || null],
    ["Also called", metric.alsoCalled.join(", ") || null],
    ["Shows", metric.shows.map((id) => `\`${id}\``).join(", ") || null],
    ["Split by", metric.dimensions.map((id) => `\`${id}\``).join(", ")],
    ["Reads", metric.reads.join(", ")],
    ["Words", wordsOf(metric, catalog)],
    ["Priced by", costSheet(metric)],
    ["Owner, version", `${metric.owner}, ${metric.version}`],
  ];
  const rows = lines.flatMap(([name, text]) => (text ? [`| ${name} | ${text.replaceAll("|", "\\|")} |`] : []));
  return `### \`${metric.id}\` ${metric.label.en?.[0]}\n\n${metric.description.en?.[0]}\n\n| | |\n|---|---|\n${rows.join("\n")}`;
}

function countedOn(metric: Metric): string | null {
  if (metric.moment) return "the moment asked about, or each bucket's end";
  return "on" in metric.definition ? metric.definition.on : null;
}

function wordsOf(metric: Metric, catalog: Catalog): string | null {
  const added = catalog.lexicon.metrics.get(metric.id) ?? {};
  const all = [metric.words, added].flatMap((words) => Object.values(words).flat());
  return [...new Set(all)].join(", ") || null;
}

function costSheet({ costSheet: sheet }: Metric): string | null {
  if (!sheet) return null;
  const prices = Object.entries(sheet.unitCosts).map(
    ([value, unit]) => `${value}: wrong removal $${unit.wrongRemoval}, wrong approval $${unit.wrongApproval}`,
  );
  return `${prices.join("; ")} (${sheet.owner}, ${sheet.date})`;
}

/** Writes the page; with `--check` only says whether it is up to date. */
function main(): void {
  const loaded = loadCatalog({ dirs: ["catalog"] });
  if (!loaded.ok) throw new Error(loaded.error.map(describeProblem).join("\n"));
  const page = metricReference(loaded.value);
  if (!process.argv.includes("--check")) writeFileSync("docs/metrics.md", page);
  else if (readFileSync("docs/metrics.md", "utf8") !== page) {
    process.stderr.write("docs/metrics.md is not what the catalog says: run npx tsx scripts/metric-reference.ts\n");
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
