import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { readConfig } from "../config.ts";
import { createLineReader } from "../language/lines.ts";
import { createReader } from "../language/reader.ts";
import { UsageError } from "./fail.ts";
import { clockOf, zoneOf } from "./moment.ts";
import { readCatalog } from "./read-catalog.ts";

interface ParseOptions {
  readonly lines?: string;
  readonly now?: string;
  readonly tz?: string;
  readonly home?: string;
}

/** `parse "<words>"`: only the Question. `parse --lines FILE`: JSON lines in and out, threads by their key. */
export function parseCommand(): Command {
  return new Command("parse")
    .description("shows how words are understood, without asking the database")
    .argument("[words...]", "the question")
    .option("--lines <file>", 'JSON lines {"id","text","thread","now","tz","home"}; prints {"id","question"}')
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--tz <zone>", "the asker's IANA time zone")
    .option("--home <market>", "the asker's own market")
    .option("--json", "prints JSON on one line")
    .action(async (words: string[], options: ParseOptions & { json?: boolean }) => {
      const config = readConfig(process.env);
      const reader = createReader(readCatalog(config));
      if (options.lines) return parseLines(createLineReader(reader), options.lines);
      if (words.length === 0)
        throw new UsageError('Give the words to parse, or --lines FILE. For example: parse "overturn ID last week"');
      const { question } = reader.read(words.join(" "), {
        now: clockOf(options.now).now(),
        zone: zoneOf(options.tz, config.MODSTATS_ZONE),
        ...(options.home ? { home: options.home } : {}),
      });
      process.stdout.write(`${JSON.stringify(question, null, options.json ? 0 : 2)}\n`);
    });
}

async function parseLines(read: ReturnType<typeof createLineReader>, file: string): Promise<void> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    process.stdout.write(`${JSON.stringify(read(jsonOf(line, file, number)))}\n`);
  }
}

function jsonOf(line: string, file: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UsageError(`${file}, line ${number}: not JSON. Each line wants {"id","text","now","tz"}.`);
  }
}
