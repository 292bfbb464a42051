import { Command } from "commander";
import { readConfig } from "../config.ts";
import { createReader } from "../language/reader.ts";
import { compileQuestion } from "../queries/create-measure.ts";
import { UsageError } from "./fail.ts";
import { clockOf, zoneOf } from "./moment.ts";
import { readCatalog } from "./read-catalog.ts";

/** `sql "<words>"`: the compiled statements and their parameters, not run. */
export function sqlCommand(): Command {
  return new Command("sql")
    .description("shows the SQL of a question without running it")
    .argument("<words...>", "the question")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--tz <zone>", "the asker's IANA time zone")
    .option("--json", "prints JSON")
    .action((words: string[], options: { now?: string; tz?: string; json?: boolean }) => {
      const config = readConfig(process.env);
      const catalog = readCatalog(config);
      const now = clockOf(options.now).now();
      const zone = zoneOf(options.tz, config.MODSTATS_ZONE);
      const { question } = createReader(catalog).read(words.join(" "), { now, zone });
      const compiled = compileQuestion(question, { catalog, now, zone });
      if (!compiled.ok) throw new UsageError(`That question has no SQL: ${compiled.error.code}.`);
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ question, sql: compiled.value })}\n`
          : `${compiled.value.map(({ text, params }) => `${text}\n-- parameters: ${JSON.stringify(params)}`).join("\n\n")}\n`,
      );
    });
}
