/** What the change ledger can hold. */
export const LEDGER_KINDS = ["policy", "guideline", "model", "roster", "campaign", "holiday", "outage"] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** An entry of the change ledger. Times are ISO instants, `endsAt` null = still in force; null markets or queues = all of them. */
export interface LedgerEntry {
  readonly kind: string;
  readonly title: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly markets: readonly string[] | null;
  readonly queues: readonly string[] | null;
  /** Metrics that it is about; absent or null = every one. Set of kind `expected`: what a person said of a finding. */
  readonly metrics?: readonly string[] | null;
}

/** What a series is of; empty = all markets, all queues. */
export interface LedgerScope {
  readonly markets: readonly string[];
  readonly queues: readonly string[];
}

/** A stretch of time that says nothing about usual times, and the entry that says so. */
export interface MaskedSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly entry: LedgerEntry;
}

/** Longer ones become the new usual. */
const MASK_DAYS_MAX = 45;
/** A feast or campaign without an end lasts a day. */
const OPEN_DAYS = 1;
const DAY_MS = 86_400_000;

/**
 * The stretches that a baseline leaves out: outages of data wherever they touch the series, holidays and campaigns where they hold for all of
 * it (a feast in one of eight markets is no reason to ignore the total). Changes that stay (policy, guideline, model, roster) mask nothing:
 * they are suspects of a shift. An outage without an end lasts until `nowMs`. Spans may overlap; in the order of the entries.
 */
export function ledgerMask(entries: readonly LedgerEntry[], scope: LedgerScope, nowMs: number): MaskedSpan[] {
  return entries.flatMap((entry) => {
    if (!masks(entry, scope)) return [];
    const fromMs = Date.parse(entry.startsAt);
    const open = entry.kind === "outage" ? Math.max(nowMs, fromMs) : fromMs + OPEN_DAYS * DAY_MS;
    const toMs = entry.endsAt === null ? open : Date.parse(entry.endsAt);
    return toMs > fromMs && toMs - fromMs <= MASK_DAYS_MAX * DAY_MS ? [{ fromMs, toMs, entry }] : [];
  });
}

/** The span that touches a bucket, or null. */
export const maskedAt = (mask: readonly MaskedSpan[], fromMs: number, toMs: number): MaskedSpan | null =>
  mask.find((span) => span.fromMs < toMs && span.toMs > fromMs) ?? null;

function masks({ kind, markets, queues }: LedgerEntry, scope: LedgerScope): boolean {
  if (kind === "outage") return touches(markets, scope.markets) && touches(queues, scope.queues);
  if (kind !== "holiday" && kind !== "campaign") return false;
  return covers(markets, scope.markets) && covers(queues, scope.queues);
}

const touches = (of: readonly string[] | null, asked: readonly string[]): boolean =>
  of === null || asked.length === 0 || asked.some((value) => of.includes(value));

const covers = (of: readonly string[] | null, asked: readonly string[]): boolean =>
  of === null || (asked.length > 0 && asked.every((value) => of.includes(value)));
