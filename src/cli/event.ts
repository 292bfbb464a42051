import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { Command } from "commander";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { LEDGER_KINDS, type LedgerEntry } from "../kernel/ledger.ts";
import { limits } from "../kernel/limits.ts";
import { type House, openHouse } from "../main.ts";
import { addChange } from "../queries/changes.ts";
import { instantOf, isDay } from "../queries/periods.ts";
import { EXIT, UsageError } from "./fail.ts";
import { clockOf, zoneOf } from "./moment.ts";

interface AddOptions {
  readonly until?: string;
  readonly markets?: string;
  readonly queues?: string;
  readonly tz?: string;
  readonly now?: string;
}

/** `event add` and `event import`: entries of the change ledger from the terminal. */
export function eventCommand(): Command {
  const add = new Command("add")
    .description("adds one entry to the change ledger")
    .argument("<kind>", LEDGER_KINDS.join(", "))
    .argument("<title>", "what happened, in quotes")
    .argument("<when>", "a day (2026-03-03) or an instant with its zone")
    .option(
      "--until <when>",
      "the day after the last, or an instant; campaigns, holidays and outages last a day without it",
    )
    .option("--markets <list>", "e.g. ID,VN; all without it")
    .option("--queues <list>", "e.g. live; all without it")
    .option("--tz <zone>", "the zone of the days")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .action(async (kind: string, title: string, when: string, options: AddOptions) => {
      await withHouse(options.now, async (house) => {
        const zone = zoneOf(options.tz, house.config.MODSTATS_ZONE);
        const row = {
          kind,
          title,
          starts_at: when,
          ends_at: options.until,
          markets: options.markets,
          queues: options.queues,
        };
        const entry = entryOf(row, zone, "The entry", house);
        const isNew = await write(house, entry);
        process.stdout.write(isNew ? `Added: ${entryText(entry)}\n` : `It is there already: ${entryText(entry)}\n`);
      });
    });
  const importFile = new Command("import")
    .description(
      "adds entries from a CSV file: kind,title,starts_at[,ends_at,markets,queues]; lists within a cell by ; or ,",
    )
    .argument("<file>", "CSV")
    .option("--tz <zone>", "the zone of the days")
    .option("--now <iso>", "the moment that counts as now, with its zone")
    .action(async (file: string, options: AddOptions) => {
      const records = await recordsOf(file);
      await withHouse(options.now, (house) =>
        importAll(house, records, file, zoneOf(options.tz, house.config.MODSTATS_ZONE)),
      );
    });
  return new Command("event").description("the change ledger").addCommand(add).addCommand(importFile);
}

async function withHouse(now: string | undefined, use: (house: House) => Promise<void>): Promise<void> {
  const house = await openHouse(readConfig(process.env), clockOf(now));
  try {
    await use(house);
  } finally {
    await house.close();
  }
}

/** Good rows are written, bad ones named; the exit code says whether there were any. */
async function importAll(
  house: House,
  records: readonly Record<string, string>[],
  file: string,
  zone: string,
): Promise<void> {
  let [added, known] = [0, 0];
  const wrong: string[] = [];
  for (const [index, record] of records.entries()) {
    try {
      if (await write(house, entryOf(record, zone, `${file}, row ${index + 1}`, house))) added++;
      else known++;
    } catch (cause) {
      if (!(cause instanceof UsageError)) throw cause;
      wrong.push(cause.message);
    }
  }
  process.stdout.write(`${added} added, ${known} known already, ${wrong.length} left out\n`);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.exitCode = wrong.length > 0 ? EXIT.refused : EXIT.answered;
}

async function recordsOf(file: string): Promise<Record<string, string>[]> {
  try {
    return parse(await readFile(file, "utf8"), {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (cause) {
    throw new UsageError(`${file} cannot be read as CSV: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

const text = z.string().trim();
const list = z
  .string()
  .optional()
  .transform((value) =>
    (value ?? "")
      .replace(/^\{|\}$/g, "")
      .split(/[;,]/)
      .map((one) => one.trim())
      .filter(Boolean),
  );
const rowSchema = z.object({
  kind: text.toLowerCase().pipe(z.enum(LEDGER_KINDS, { error: `the kind is one of ${LEDGER_KINDS.join(", ")}` })),
  title: text
    .min(1, { error: "a title is wanted" })
    .max(limits.titleCharsMax, { error: `the title has more than ${limits.titleCharsMax} characters` }),
  starts_at: text.min(1, { error: "starts_at is wanted" }),
  ends_at: text.optional(),
  markets: list,
  queues: list,
});
const DAY_MS = 86_400_000;

function entryOf(record: object, zone: string, where: string, { catalog }: House): LedgerEntry {
  const parsed = rowSchema.safeParse(record);
  if (!parsed.success) throw new UsageError(`${where}: ${parsed.error.issues[0]?.message ?? "it is wrong"}.`);
  const { kind, title, starts_at, ends_at, markets, queues } = parsed.data;
  for (const [dimension, values] of [
    ["market", markets],
    ["queue", queues],
  ] as const) {
    const known = catalog.dimensions.get(dimension)?.values.map(({ id }) => id) ?? [];
    const unknown = values.find((value) => known.length > 0 && !known.includes(value));
    if (unknown !== undefined)
      throw new UsageError(`${where}: "${unknown}" is no ${dimension}; known are ${known.join(", ")}.`);
  }
  const from = momentOf(starts_at, zone, where);
  const passes = kind === "campaign" || kind === "holiday" || kind === "outage";
  const to = ends_at ? momentOf(ends_at, zone, where) : passes ? from + DAY_MS : null;
  if (to !== null && to <= from) throw new UsageError(`${where}: it ends before it starts.`);
  return {
    kind,
    title,
    startsAt: new Date(from).toISOString(),
    endsAt: to === null ? null : new Date(to).toISOString(),
    markets: markets.length > 0 ? markets : null,
    queues: queues.length > 0 ? queues : null,
  };
}

/** A local day of `zone`, or an instant with its zone. */
function momentOf(stamp: string, zone: string, where: string): number {
  try {
    if (isDay(stamp)) return instantOf(stamp, zone);
    const at = /(Z|[+-]\d{2}:?\d{2})$/.test(stamp) ? Date.parse(stamp.replace(" ", "T")) : Number.NaN;
    if (!Number.isNaN(at)) return at;
  } catch {
    // said below
  }
  throw new UsageError(`${where}: "${stamp}" is no day such as 2026-03-03 and no instant with its zone.`);
}

const write = (house: House, entry: LedgerEntry): Promise<boolean> =>
  addChange(house.pools.writer, entry, { person: `terminal/${userInfo().username}`, atMs: house.clock.now() });

const entryText = ({ kind, title, startsAt, endsAt, markets, queues }: LedgerEntry): string =>
  [
    `${kind} "${title}"`,
    endsAt === null ? `from ${startsAt}` : `${startsAt} to ${endsAt}`,
    markets?.join(","),
    queues?.join(","),
  ]
    .filter(Boolean)
    .join(", ");
