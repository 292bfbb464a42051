import { Command } from "commander";
import { localeFor } from "../chat/format.ts";
import { sayIn } from "../chat/messages.ts";
import type { Note } from "../chat/post.ts";
import { readConfig } from "../config.ts";
import type { Asking } from "../handlers/asking.ts";
import { composeDigest, type Digest } from "../handlers/digest/digest.ts";
import { findingLine } from "../handlers/digest/finding-words.ts";
import { digestNotes, headline, healthOf } from "../handlers/digest/notes.ts";
import { dayIn, dayStart, shiftDay } from "../handlers/scan/days.ts";
import { type House, openHouse } from "../main.ts";
import { databaseNow, planRuns } from "../queries/state/runs.ts";
import { runningSchedules } from "../queries/state/schedules.ts";
import { EXIT, UsageError } from "./fail.ts";
import { clockOf, zoneOf } from "./moment.ts";

interface DigestOptions {
  readonly date?: string;
  readonly now?: string;
  readonly tz?: string;
  readonly post?: boolean;
  readonly json?: boolean;
}

/** Hours after midnight at which the digest of a past day is read. */
const MORNING_HOURS = 9;

/** `digest`: the findings of a day, told or posted. */
export function digestCommand(): Command {
  return new Command("digest")
    .description("tells what left its expectation: the findings of the last whole day, or of the day named")
    .option("--date <day>", "the day that it is about, e.g. 2026-03-16, as seen on the next morning")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .option("--tz <zone>", "the IANA time zone whose days are told")
    .option("--post", "sends today's digest now to every channel that has one scheduled; `start` delivers it")
    .option("--json", "prints JSON")
    .action(async (options: DigestOptions) => {
      process.exitCode = await digest(options);
    });
}

async function digest(options: DigestOptions): Promise<number> {
  const config = readConfig(process.env);
  const clock = clockOf(options.now);
  const zone = zoneOf(options.tz, config.MODSTATS_ZONE);
  const now = momentOf(options.date, clock.now(), zone);
  const house = await openHouse(config, clock);
  try {
    if (options.post) return await post(house, options.json === true);
    const asking = askingOf(house, zone, now);
    const composed = await composeDigest(
      { filters: {}, metrics: [], period: null, channel: null },
      asking,
      house.parts,
    );
    if (!composed.ok) {
      process.stderr.write(
        `The digest could not be made: ${asking.say("refuse.database_down")} (${composed.error.code})\n`,
      );
      return EXIT.fault;
    }
    process.stdout.write(
      options.json ? `${JSON.stringify(digestJson(composed.value, asking))}\n` : digestText(composed.value, asking),
    );
    return EXIT.answered;
  } finally {
    await house.close();
  }
}

/** The morning after the day, but never later than now. */
function momentOf(date: string | undefined, now: number, zone: string): number {
  if (date === undefined) return now;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date)))
    throw new UsageError(`--date wants a day, for example 2026-03-16; got "${date}".`);
  if (dayStart(date, zone) > now) throw new UsageError(`--date ${date} has not begun.`);
  return Math.min(now, dayStart(shiftDay(date, 1), zone) + MORNING_HOURS * 3_600_000);
}

const askingOf = (house: House, zone: string, now: number): Asking => ({
  catalog: house.catalog,
  measure: house.parts.measure,
  say: sayIn(house.config.MODSTATS_LANGUAGE, localeFor(house.config.MODSTATS_LANGUAGE)),
  language: house.config.MODSTATS_LANGUAGE,
  locale: localeFor(house.config.MODSTATS_LANGUAGE),
  zone,
  now,
});

/** The findings in full precision, beside the sentences that people get. */
function digestJson(digest: Digest, asking: Asking) {
  return {
    day: digest.day,
    zone: digest.zone,
    headline: headline(digest, asking),
    findings: digest.findings.map(({ deviation, also, score, driver, suspects, recommendation, question }) => ({
      ...deviation,
      text: findingLine(deviation, asking),
      score,
      driver,
      suspects,
      recommendation,
      also,
      question,
    })),
    more: digest.more,
    normal: digest.normal,
    health: {
      text: healthOf(digest, asking),
      late: digest.health.late.map((one) => ({ ...one, completeThrough: new Date(one.completeThrough).toISOString() })),
      missing: digest.health.gaps
        .filter(({ to }) => to > digest.healthSince)
        .map((gap) => ({ ...gap, from: new Date(gap.from).toISOString(), to: new Date(gap.to).toISOString() })),
      outages: digest.outages,
      unjudged: digest.health.unjudged,
    },
    numbers: digest.numbers,
  };
}

const digestText = (digest: Digest, asking: Asking): string =>
  `${digestNotes(digest, [], asking).map(noteText).join("\n\n")}\n`;

const noteText = ({ title, lines, small }: Note): string =>
  [title, ...lines, ...small.map((text) => `(${text})`)].join("\n");

/** Plans one more run of every digest schedule, once a day; the running worker sends it as any other. */
async function post(house: House, json: boolean): Promise<number> {
  const { writer } = house.pools;
  const now = await databaseNow(writer);
  const schedules = (await runningSchedules(writer)).filter(({ payload }) => payload.type === "digest");
  if (schedules.length === 0)
    throw new UsageError(
      'No channel has a digest scheduled. Ask for one in the channel: "send the digest every day 9am".',
    );
  const posted: { readonly channel: string; readonly planned: boolean }[] = [];
  for (const { id, zone, channel, channelName, plannedThrough } of schedules) {
    const slot = `${dayIn(now, zone)} by hand`;
    const run = { runKey: `${id}/${slot}`, slot, at: now, masked: null };
    posted.push({ channel: channelName ?? channel, planned: (await planRuns(writer, id, [run], plannedThrough)) > 0 });
  }
  const lines = posted.map(
    ({ channel, planned }) => `${channel}: ${planned ? "will be sent now" : "was sent by hand today already"}`,
  );
  process.stdout.write(json ? `${JSON.stringify({ posted })}\n` : `${lines.join("\n")}\n`);
  return EXIT.answered;
}
