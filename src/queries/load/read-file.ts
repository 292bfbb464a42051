import { createReadStream } from "node:fs";
import { parse } from "csv-parse/sync";
import { type Aside, checkField, type RowRules } from "./check-row.ts";
import { type JudgedRow, judgeFields, type Places, placesOf } from "./judge.ts";
import { type RawRecord, readRecords } from "./records.ts";
import type { LoadTable } from "./tables.ts";

export type OpenedFile =
  | { readonly refused: string }
  | {
      readonly columns: readonly string[];
      readonly ignoredColumns: readonly string[];
      /** Rows after line `after`, in batches: what lies before is passed over unjudged. */
      rows(after: number): AsyncGenerator<JudgedRow[]>;
    };

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
  const found = placesOf(table, header);
  if ("refused" in found) return found;
  const layout: Layout = { width: header.length, places: found.places, rules };
  return {
    columns: header,
    ignoredColumns: found.unknown,
    rows: (after) => judged(rest, batches, layout, after),
  };
}

interface Layout {
  readonly width: number;
  readonly places: Places;
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
  after: number,
): AsyncGenerator<JudgedRow[]> {
  const open = (records: RawRecord[]) => (after > 0 ? records.filter(({ line }) => line > after) : records);
  yield judgeBatch(open(first), layout);
  for await (const batch of batches) yield judgeBatch(open(batch), layout);
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
    content: (isAscii(record.bytes) ? record.bytes : Buffer.from(record.bytes, "latin1").toString("utf8")).replaceAll(
      "\0",
      "\\0",
    ),
  };
  const aside = (fault: Aside["fault"], reason: string): JudgedRow => ({ ...row, aside: { fault, reason } });
  if (decode(record.bytes) === null) return aside("encoding", "the line is not UTF-8");
  if (!record.ended && isCut(record, fields, layout)) return aside("truncated", "the last line is cut off");
  if (!fields) return aside("quote", "a quote is not closed where its field ends");
  if (fields.length !== layout.width)
    return aside("field_count", `${fields.length} fields where the header has ${layout.width}`);
  const texts = isAscii(record.bytes) ? fields : fields.map((field) => decode(field) ?? "");
  return judgeFields(row, texts, layout.places, layout.rules);
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII, the case that needs no decoding
const isAscii = (bytes: string): boolean => /^[\x00-\x7f]*$/.test(bytes);

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes-as-characters → text, or null when they are not UTF-8. */
function decode(bytes: string): string | null {
  if (isAscii(bytes)) return bytes;
  try {
    return UTF8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return null;
  }
}
