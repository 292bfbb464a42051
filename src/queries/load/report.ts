import type { Fault } from "./check-row.ts";

/** What became of one file; JSON-able. */
export interface FileReport {
  readonly file: string;
  /** Null for a name that is no table's. */
  readonly table: string | null;
  readonly loaded: number;
  /** Identical rows that were there already, in the file or in the mart. */
  readonly duplicates: number;
  readonly putAsideCount: number;
  readonly putAsideByReason: Readonly<Partial<Record<Fault, number>>>;
  /** By line, at most `PUT_ASIDE_NAMED_MAX`; all of them are in `mart.quarantine`. */
  readonly putAside: readonly { readonly line: number; readonly fault: Fault; readonly reason: string }[];
  /** Columns of the header that the table does not have. */
  readonly ignoredColumns?: readonly string[];
  /** The content is in whole: nothing was read. */
  readonly known?: true;
  /** A killed load went on here. */
  readonly resumedAtLine?: number;
  /** Why nothing of the file was read. */
  readonly refused?: string;
  /** Why the file was not looked at. */
  readonly skipped?: string;
}

export interface LoadReport {
  readonly files: readonly FileReport[];
  readonly loaded: number;
  readonly duplicates: number;
  readonly putAsideCount: number;
}

export const PUT_ASIDE_NAMED_MAX = 200;

export interface Counts {
  readonly loaded: number;
  readonly duplicates: number;
  readonly putAside: number;
}

/** Counts one file while it is loaded. */
export class FileTally {
  readonly file: string;
  loaded = 0;
  duplicates = 0;
  /** Rows of a followed table that took the place of an earlier state; `loaded` counts them too. */
  replaced = 0;
  private readonly table: string;
  private readonly faults = new Map<Fault, number>();
  private readonly named: { line: number; fault: Fault; reason: string }[] = [];

  constructor(file: string, table: string) {
    this.file = file;
    this.table = table;
  }

  putAside(line: number, fault: Fault, reason: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    if (this.named.length < PUT_ASIDE_NAMED_MAX) this.named.push({ line, fault, reason });
  }

  counts(): Counts {
    const putAside = [...this.faults.values()].reduce((sum, n) => sum + n, 0);
    return { loaded: this.loaded, duplicates: this.duplicates, putAside };
  }

  known(rows: number): FileReport {
    return { ...this.report([]), duplicates: rows, known: true };
  }

  refused(why: string): FileReport {
    return { ...this.report([]), refused: why };
  }

  report(ignoredColumns: readonly string[]): FileReport {
    return {
      file: this.file,
      table: this.table,
      loaded: this.loaded,
      duplicates: this.duplicates,
      putAsideCount: this.counts().putAside,
      putAsideByReason: Object.fromEntries(this.faults),
      putAside: this.named.toSorted((a, b) => a.line - b.line),
      ...(ignoredColumns.length > 0 && { ignoredColumns }),
    };
  }
}

export function skippedFile(file: string): FileReport {
  const none = { loaded: 0, duplicates: 0, putAsideCount: 0, putAsideByReason: {}, putAside: [] };
  return { file, table: null, ...none, skipped: "no table of the mart has this name" };
}

export function summed(files: readonly FileReport[]): LoadReport {
  const total = (of: (file: FileReport) => number) => files.reduce((sum, file) => sum + of(file), 0);
  return {
    files,
    loaded: total((file) => file.loaded),
    duplicates: total((file) => file.duplicates),
    putAsideCount: total((file) => file.putAsideCount),
  };
}
