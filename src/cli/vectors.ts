import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { type ConformanceReport, conformVectors } from "../insights/conformance/conform.ts";
import { EXIT, UsageError } from "./fail.ts";

/** `vectors DIR`: runs conformance vectors, prints each method's passes and misses; exit 1 on a miss. */
export function vectorsCommand(): Command {
  return new Command("vectors")
    .description("runs conformance vectors of the statistics library")
    .argument("<dir>", "folder with *.json vector files")
    .option("--json", "prints JSON")
    .action(async (dir: string, options: { json?: boolean }) => {
      process.exitCode = await runVectors(dir, options.json === true);
    });
}

async function runVectors(dir: string, json: boolean): Promise<number> {
  const files = (await readdir(dir)).filter((name) => name.endsWith(".json") && name !== "MANIFEST.json").sort();
  if (files.length === 0) throw new UsageError(`No vector files (*.json) in ${dir}.`);
  const data = (name: string): string => readFileSync(join(dir, name), "utf8");
  const reports: ConformanceReport[] = [];
  for (const file of files) reports.push(conformVectors(JSON.parse(await readFile(join(dir, file), "utf8")), data));
  const missed = reports.reduce((sum, report) => sum + report.missed, 0);
  const passed = reports.reduce((sum, report) => sum + report.passed, 0);
  process.stdout.write(
    json
      ? `${JSON.stringify(reports)}\n`
      : `${reports.map(reportText).join("\n")}\n${passed} passed, ${missed} missed\n`,
  );
  return missed === 0 ? EXIT.answered : EXIT.fault;
}

function reportText(report: ConformanceReport): string {
  const methods = report.methods.map(({ method, passed, missed, skippedFields }) => {
    const skipped = skippedFields.length > 0 ? `; skipped fields: ${skippedFields.join(", ")}` : "";
    return `${method}: ${passed} passed, ${missed} missed${skipped}`;
  });
  return [
    ...methods,
    ...report.misses.map((miss) => `  miss ${miss.id} (${miss.method}): ${miss.why.join("; ")}`),
  ].join("\n");
}
