import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import type { Reading } from "../insights/forecast/forecast-rows.ts";
import type { Row } from "../insights/forecast/timeline.ts";
import { UsageError } from "./fail.ts";

/** Rows of a CSV file with the columns timestamp,value[,denominator], in its order; `zoned` where a timestamp names its zone. */
export async function readSeries(file: string): Promise<{ rows: Row<Reading>[]; zoned: boolean }> {
  return rowsOf(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

function rowsOf(text: string, file: string): { rows: Row<Reading>[]; zoned: boolean } {
  const records = recordsOf(text, file);
  const header = Object.keys(records[0] ?? {});
  if (records.length > 0 && !(header.includes("timestamp") && header.includes("value")))
    throw new UsageError(`${file} wants the columns timestamp,value[,denominator]; it has ${header.join(",")}.`);
  let zoned = false;
  const rows = records.map((record, index) => {
    const stamp = (record.timestamp ?? "").trim();
    const where = `${file}, row ${index + 1}`;
    zoned ||= ZONE.test(stamp);
    const reading = { value: numberOf(record.value, where), denominator: numberOf(record.denominator, where) };
    if ((reading.denominator ?? 0) < 0 || (reading.denominator !== null && (reading.value ?? 0) < 0))
      throw new UsageError(`${where}: a rate wants a numerator and a denominator that are not negative.`);
    return { at: momentOf(stamp, where), read: reading };
  });
  return { rows, zoned };
}

function recordsOf(text: string, file: string): Record<string, string>[] {
  try {
    return parse(text, {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      bom: true,
      skip_empty_lines: true,
    });
  } catch (cause) {
    throw new UsageError(`${file} is not CSV: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

const ZONE = /(Z|[+-]\d{2}:?\d{2})$/;
const STAMP = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/;

/** A timestamp without a zone is read as the clock on the wall, without changes to summer time. */
function momentOf(stamp: string, where: string): number {
  const iso = stamp.replace(" ", "T");
  const moment = STAMP.test(stamp) ? Date.parse(iso.includes("T") && !ZONE.test(iso) ? `${iso}Z` : iso) : Number.NaN;
  if (Number.isNaN(moment))
    throw new UsageError(`${where}: "${stamp}" is no timestamp such as 2026-03-17 or 2026-03-17T10:00+08:00.`);
  return moment;
}

/** Empty, NA, NaN and null are gaps. */
function numberOf(text: string | undefined, where: string): number | null {
  const cell = (text ?? "").trim();
  if (cell === "" || /^(na|nan|null)$/i.test(cell)) return null;
  const value = Number(cell);
  if (!Number.isFinite(value)) throw new UsageError(`${where}: "${cell}" is no number.`);
  return value;
}
