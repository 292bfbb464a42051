#!/usr/bin/env node
import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { fail } from "./cli/fail.ts";

/**
 * The bot from a terminal. Exit codes: 0 answered; 2 not understood or refused, with one sentence on stderr; 1 a fault. Only the command
 * that is called is loaded, for `parse` needs neither the database nor the charts.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./cli/serve.ts")).demoCommand(),
  start: async () => (await import("./cli/serve.ts")).startCommand(),
  ask: async () => (await import("./cli/ask.ts")).askCommand(),
  digest: async () => (await import("./cli/digest.ts")).digestCommand(),
  parse: async () => (await import("./cli/parse.ts")).parseCommand(),
  sql: async () => (await import("./cli/sql.ts")).sqlCommand(),
  load: async () => (await import("./cli/load.ts")).loadCommand(),
  rollup: async () => (await import("./cli/rollup.ts")).rollupCommand(),
  check: async () => (await import("./cli/check.ts")).checkCommand(),
  runs: async () => (await import("./cli/runs.ts")).runsCommand(),
  event: async () => (await import("./cli/event.ts")).eventCommand(),
  detect: async () => (await import("./cli/detect.ts")).detectCommand(),
  forecast: async () => (await import("./cli/forecast.ts")).forecastCommand(),
  explain: async () => (await import("./cli/explain.ts")).explainCommand(),
  vectors: async () => (await import("./cli/vectors.ts")).vectorsCommand(),
};

if (existsSync(".env")) process.loadEnvFile(".env");
try {
  await (await programFor(process.argv[2])).parseAsync();
} catch (cause) {
  if (cause instanceof CommanderError) process.exitCode = cause.exitCode === 0 ? 0 : 2;
  else process.exitCode = fail(cause);
}

async function programFor(name: string | undefined): Promise<Command> {
  const program = new Command("modstats")
    .description("Moderation insights: ask in words, get the right number with its interval, denominator and caveats.")
    .showHelpAfterError("(run with --help for what there is)")
    .exitOverride();
  const one = name === undefined ? undefined : COMMANDS[name];
  for (const make of one ? [one] : Object.values(COMMANDS)) program.addCommand((await make()).exitOverride());
  return program;
}
