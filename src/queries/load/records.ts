import { createReadStream } from "node:fs";

/** One record of a CSV file as its bytes stand there, each byte one character (latin1), without the line end. */
export interface RawRecord {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly bytes: string;
  /** False: the file ends within or right after it, without a line end. */
  readonly ended: boolean;
  /** A quote that is never closed, or that closes before the field ends. */
  readonly badQuote: boolean;
}

/** A record longer than this, or over more lines, is a quote that was never closed. */
export const RECORD_BYTES_MAX = 1_000_000;
const RECORD_LINES_MAX = 200;
const READ_BYTES = 262_144;
const QUOTE = 34;
const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;

/**
 * Splits a file into records by RFC 4180: a line end within quotes belongs to the field. A quote that is not closed as it should be costs its own line
 * only: reading goes on with the next. Yields batches; at most one read and one record are held in memory.
 */
export async function* readRecords(path: string): AsyncGenerator<RawRecord[]> {
  let held = "";
  let line = 1;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, encoding: "latin1" })) {
    const split = splitRecords(held + (chunk as string), line, false);
    held = split.rest;
    line = split.line;
    if (split.records.length > 0) yield split.records;
  }
  const last = splitRecords(held, line, true);
  if (last.records.length > 0) yield last.records;
}

interface Split {
  readonly records: RawRecord[];
  readonly rest: string;
  /** Line on which `rest` begins. */
  readonly line: number;
}

function splitRecords(text: string, firstLine: number, isEnd: boolean): Split {
  const records: RawRecord[] = [];
  let start = 0;
  let line = firstLine;
  while (start < text.length) {
    const end = recordEnd(text, start);
    const hopeless = end.broken || end.lines > RECORD_LINES_MAX || end.at - start > RECORD_BYTES_MAX;
    if (!end.found && !isEnd && !hopeless) break;
    if ((!end.found && end.quoted) || hopeless) {
      const lineEnd = text.indexOf("\n", start);
      const to = lineEnd < 0 ? text.length : lineEnd;
      records.push({ line, bytes: chomp(text.slice(start, to)), ended: lineEnd >= 0, badQuote: true });
      start = to + 1;
      line++;
      continue;
    }
    records.push({ line, bytes: chomp(text.slice(start, end.at)), ended: end.found, badQuote: false });
    start = end.at + 1;
    line += end.lines;
  }
  return { records, rest: text.slice(start), line };
}

interface RecordEnd {
  readonly at: number;
  readonly found: boolean;
  /** The text ended within quotes. */
  readonly quoted: boolean;
  /** Something other than a comma or a line end follows a closing quote. */
  readonly broken: boolean;
  readonly lines: number;
}

function recordEnd(text: string, start: number): RecordEnd {
  let quoted = false;
  let fieldStart = true;
  let lines = 0;
  const stop = Math.min(text.length, start + RECORD_BYTES_MAX + 1);
  let at = start;
  for (; at < stop && lines <= RECORD_LINES_MAX; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) lines++;
    if (quoted) {
      if (code === QUOTE && text.charCodeAt(at + 1) === QUOTE) at++;
      else if (code === QUOTE && !endsField(text, at + 1))
        return { at, found: false, quoted: true, broken: true, lines };
      else if (code === QUOTE) quoted = false;
    } else if (code === NEWLINE) {
      return { at, found: true, quoted: false, broken: false, lines };
    } else if (code === QUOTE && fieldStart) {
      quoted = true;
    }
    fieldStart = code === COMMA && !quoted;
  }
  return { at, found: false, quoted, broken: false, lines };
}

function endsField(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const code = text.charCodeAt(at);
  return (
    code === COMMA ||
    code === NEWLINE ||
    (code === RETURN && (at + 1 >= text.length || text.charCodeAt(at + 1) === NEWLINE))
  );
}

const chomp = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);
