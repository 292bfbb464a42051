import { createReadStream } from "node:fs";
import { parse } from "csv-parse/sync";
import { type Aside, checkField, type RowRules } from "./check-row.ts";
import { type RawRecord, readRecords } from "./records.ts";
import type { LoadColumn, LoadTable } from "./tables.ts";

/** A record read and judged. */
export type JudgedRow =
  | { readonly line: number; readonly content: string; readonly values: readonly (string | null)[] }
  | { readonly line: number; readonly content: string; readonly aside: Aside };

export type OpenedFile =
  | { readonly refused: string }
  | { readonly ignoredColumns: readonly string[]; readonly rows: AsyncGenerator<JudgedRow[]> };

/**
 * Opens a CSV file of one table: UTF-8 with a header that names the table's columns in any order (others are ignored). Refuses it whole when
 * a column is missing or the encoding is another one; after that each record stands or is put aside for itself. `values` are in the order of
 * `table.columns`.
 */
export async function openFile(path: string, table: LoadTable, rules: RowRules): Promise<OpenedFile> {
  const foreign = await foreignEncoding(path);
  if (foreign) return { refused: foreign };
  const batches = readRecords(path);
  const first = await batches.next();
  const [head, ...rest] = first.done ? [] : first.value;
  const header = head && headerOf(head);
  if (!header) return { refused: head ? "the header is not readable as UTF-8" : "the file is empty" };
  const repeated = header.find((name, i) => header.indexOf(name) !== i);
  if (repeated !== undefined) return { refused: `column ${repeated} stands in the header twice` };
  const missing = table.columns.filter(({ name }) => !header.includes(name)).map(({ name }) => name);
  if (missing.length > 0) return { refused: `missing column${missing.length > 1 ? "s" : ""} ${missing.join(", ")}` };
  const layout: Layout = {
    width: header.length,
    places: table.columns.map((column) => ({ column, at: header.indexOf(column.name) })),
    rules,
  };
  const known = new Set(table.columns.map(({ name }) => name));
  return { ignoredColumns: header.filter((name) => !known.has(name)), rows: judged(rest, batches, layout) };
}

interface Layout {
  readonly width: number;
  readonly places: readonly { readonly column: LoadColumn; readonly at: number }[];
  readonly rules: RowRules;
}

/** UTF-16, UTF-32 and packed files, by their first bytes; what else is not UTF-8 shows line by line. */
async function foreignEncoding(path: string): Promise<string | null> {
  const stream = createReadStream(path, { start: 0, end: 1023 });
  let head = Buffer.alloc(0);
  for await (const chunk of stream) head = Buffer.concat([head, chunk as Buffer]);
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return "the file is UTF-16 or UTF-32, not UTF-8";
  if (a === 0x1f && b === 0x8b) return "the file is compressed, not CSV";
  if (a === 0x50 && b === 0x4b) return "the file is an archive or a spreadsheet, not CSV";
  const firstLine = head.indexOf(10) < 0 ? head : head.subarray(0, head.indexOf(10));
  return firstLine.includes(0) ? "the file is not UTF-8 (NUL bytes in the header)" : null;
}

const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

function headerOf(record: RawRecord): string[] | null {
  if (record.badQuote) return null;
  const bytes = record.bytes.startsWith(BYTE_ORDER_MARK) ? record.bytes.slice(BYTE_ORDER_MARK.length) : record.bytes;
  const fields = fieldsOf(bytes);
  const texts = fields?.map(decode);
  return texts?.every((text) => text !== null) ? (texts as string[]) : null;
}

async function* judged(
  first: RawRecord[],
  batches: AsyncGenerator<RawRecord[]>,
  layout: Layout,
): AsyncGenerator<JudgedRow[]> {
  yield judgeBatch(first, layout);
  for await (const batch of batches) yield judgeBatch(batch, layout);
}

/** The parser sees a whole batch at once; where its count differs from the splitter's, each record alone. */
function judgeBatch(records: readonly RawRecord[], layout: Layout): JudgedRow[] {
  const readable = records.filter(({ badQuote }) => !badQuote);
  const together = parseRecords(readable.map(({ bytes }) => bytes).join("\n"));
  const fields = together?.length === readable.length ? together : readable.map(({ bytes }) => fieldsOf(bytes));
  let next = 0;
  const rows: JudgedRow[] = [];
  for (const record of records) {
    const own = record.badQuote ? null : (fields[next++] ?? null);
    // An empty line, as editors leave at the end of a file, is no record.
    if (record.bytes === "") continue;
    rows.push(judge(record, own, layout));
  }
  return rows;
}

function fieldsOf(bytes: string): string[] | null {
  const parsed = parseRecords(bytes);
  return parsed?.length === 1 ? (parsed[0] ?? null) : null;
}

function parseRecords(text: string): string[][] | null {
  if (text === "") return null;
  try {
    return parse(text, {
      delimiter: ",",
      record_delimiter: "\n",
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: false,
    }) as string[][];
  } catch {
    return null;
  }
}

function judge(record: RawRecord, fields: readonly string[] | null, layout: Layout): JudgedRow {
  const row = {
    line: record.line,
    content: Buffer.from(record.bytes, "latin1").toString("utf8").replaceAll("\0", "\\0"),
  };
  const aside = (fault: Aside["fault"], reason: string): JudgedRow => ({ ...row, aside: { fault, reason } });
  if (decode(record.bytes) === null) return aside("encoding", "the line is not UTF-8");
  if (!record.ended && isCut(record, fields, layout)) return aside("truncated", "the last line is cut off");
  if (!fields) return aside("quote", "a quote is not closed where its field ends");
  if (fields.length !== layout.width)
    return aside("field_count", `${fields.length} fields where the header has ${layout.width}`);
  const values: (string | null)[] = [];
  for (const { column, at } of layout.places) {
    const checked = checkField(column, decode(fields[at] ?? "") ?? "", layout.rules);
    if ("fault" in checked) return { ...row, aside: checked };
    values.push(checked.text);
  }
  return { ...row, values };
}

/**
 * A last line without a line end may be whole or cut. It is taken for cut when fields are missing, when its last field fails, or when that
 * field could be the beginning of a longer one: a number, an open text.
 */
function isCut(record: RawRecord, fields: readonly string[] | null, layout: Layout): boolean {
  if (record.badQuote || !fields || fields.length < layout.width) return true;
  const last = layout.places.find(({ at }) => at === layout.width - 1);
  const value = fields.at(-1) ?? "";
  if (!last || value === "" || record.bytes.endsWith('"')) return false;
  if ("fault" in checkField(last.column, value, layout.rules)) return true;
  return last.column.kind !== "time" && last.column.kind !== "boolean" && last.column.set === undefined;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes-as-characters → text, or null when they are not UTF-8. */
function decode(bytes: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII, the case that needs no decoding
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  try {
    return UTF8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return null;
  }
}
