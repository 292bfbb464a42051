import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import type { Answer } from "../chat/answer.ts";
import type { ChartPort, Inbound, Reply } from "../chat/port.ts";
import { readConfig } from "../config.ts";
import { openHouse } from "../main.ts";
import { answerJson } from "./answer-json.ts";
import { answerText } from "./answer-text.ts";
import { EXIT } from "./fail.ts";
import { clockOf, zoneOf } from "./moment.ts";

interface AskOptions {
  readonly now?: string;
  readonly tz?: string;
  readonly as: string;
  readonly in: string;
  readonly thread?: string;
  readonly png?: string;
  readonly json?: boolean;
}

/** `ask "<words>"`: one question; the same `--thread` key continues the talk. */
export function askCommand(): Command {
  return new Command("ask")
    .description("answers one question")
    .argument("<words...>", "the question, in any of the six languages")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--tz <zone>", "the asker's IANA time zone")
    .option("--as <person>", "who asks", "terminal")
    .option("--in <channel>", "the channel it is asked in", "terminal")
    .option("--thread <key>", "a key of your own; the same key continues the talk")
    .option("--png <file>", "writes the first chart there")
    .option("--json", "prints JSON")
    .action(async (words: string[], options: AskOptions) => {
      process.exitCode = await ask(words.join(" "), options);
    });
}

async function ask(words: string, options: AskOptions): Promise<number> {
  const config = readConfig(process.env);
  const zone = zoneOf(options.tz, config.MODSTATS_ZONE);
  const house = await openHouse(config, clockOf(options.now));
  try {
    const reply = await house.bot.respond(inboundOf(words, options, zone));
    if (reply.type === "answer" && options.png) await drawTo(options.png, reply.answer, house.charts);
    print(reply, options.json === true);
    return exitCode(reply);
  } finally {
    await house.close();
  }
}

const inboundOf = (words: string, options: AskOptions, zone: string): Inbound => ({
  where: { platform: "terminal", tenant: "local", channel: options.in },
  thread: options.thread ?? randomUUID(),
  person: { id: options.as, zone },
  deliveries: [`terminal/${randomUUID()}`],
  act: { type: "words", text: words, spokenTo: true },
});

async function drawTo(file: string, answer: Answer, charts: ChartPort): Promise<void> {
  const spec = answer.charts[0];
  if (spec) await writeFile(file, await charts.png(spec));
  else process.stderr.write("This answer has no chart; nothing was written.\n");
}

function print(reply: Reply, json: boolean): void {
  if (reply.type === "answer") {
    const { answer } = reply;
    process.stdout.write(json ? `${JSON.stringify(answerJson(answer))}\n` : `${answerText(answer)}\n`);
    if (
      answer.status === "refused" ||
      answer.status === "fault" ||
      answer.status === "clarify" ||
      answer.understood === false
    )
      process.stderr.write(`${answer.headline}\n`);
    return;
  }
  if (reply.type === "csv") process.stdout.write(json ? `${JSON.stringify(reply)}\n` : reply.content);
  if (reply.type === "sql") process.stdout.write(`${JSON.stringify(reply)}\n`);
  if (reply.type === "notice") {
    if (json) process.stdout.write(`${JSON.stringify({ error: { code: "fault", text: reply.text } })}\n`);
    process.stderr.write(`${reply.text}\n`);
  }
}

function exitCode(reply: Reply): number {
  if (reply.type === "notice") return EXIT.fault;
  if (reply.type !== "answer") return EXIT.answered;
  switch (reply.answer.status) {
    case "answered":
      return EXIT.answered;
    case "help":
      return reply.answer.understood === false ? EXIT.refused : EXIT.answered;
    case "clarify":
    case "refused":
      return EXIT.refused;
    case "fault":
      return EXIT.fault;
    default:
      return reply.answer.status satisfies never;
  }
}
