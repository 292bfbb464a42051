#!/usr/bin/env node
import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { askCommand } from "./cli/ask.ts";
import { fail } from "./cli/fail.ts";
import { loadCommand } from "./cli/load.ts";
import { parseCommand } from "./cli/parse.ts";
import { demoCommand, startCommand } from "./cli/serve.ts";
import { sqlCommand } from "./cli/sql.ts";
import { vectorsCommand } from "./cli/vectors.ts";

/** The bot from a terminal. Exit codes: 0 answered; 2 not understood or refused, with one sentence on stderr; 1 a fault. */
const program = new Command("modstats")
  .description("Moderation insights: ask in words, get the right number with its interval, denominator and caveats.")
  .showHelpAfterError("(run with --help for what there is)")
  .exitOverride();
for (const command of [
  demoCommand(),
  startCommand(),
  askCommand(),
  parseCommand(),
  sqlCommand(),
  loadCommand(),
  vectorsCommand(),
]) {
  program.addCommand(command.exitOverride());
}

if (existsSync(".env")) process.loadEnvFile(".env");
try {
  await program.parseAsync();
} catch (cause) {
  if (cause instanceof CommanderError) process.exitCode = cause.exitCode === 0 ? 0 : 2;
  else process.exitCode = fail(cause);
}
