import type { Pool } from "pg";
import type { Finding } from "../../chat/answer.ts";
import { formatInstant } from "../../chat/format.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import type { Question } from "../../kernel/question.ts";
import { readChanges } from "../../queries/changes.ts";
import type { Asking } from "../asking.ts";

const SUSPECTS_MAX = 3;
/** Entries that are looked at for the nearest. */
const ENTRIES_MAX = 50;

export interface Ledger {
  readonly findings: readonly Finding[];
  readonly sql: readonly SqlRecord[];
}

/**
 * Entries of the change ledger that began within either period or between them, those nearest to the start of the later one first: suspects by
 * their timing.
 */
export async function suspects(question: Question, asking: Asking, zone: string | null, facts: Pool): Promise<Ledger> {
  const ends = [question.period, question.compare].flatMap((window) =>
    window && "from" in window ? [window.from, window.to] : [],
  );
  if (ends.length === 0) return { findings: [], sql: [] };
  const instants = ends.map((end) => Date.parse(end.includes("T") ? end : `${end}T00:00Z`));
  const read = await readChanges(facts, {
    fromMs: Math.min(...instants),
    toMs: Math.max(...instants),
    markets: question.filters.market ?? [],
    queues: question.filters.queue ?? [],
    max: ENTRIES_MAX,
  });
  if (!read.ok) return { findings: [], sql: [] };
  const start = instants[0] ?? 0;
  const distance = ({ startsAt }: { readonly startsAt: string }): number => Math.abs(Date.parse(startsAt) - start);
  const nearest = [...read.value.changes].sort((a, b) => distance(a) - distance(b)).slice(0, SUSPECTS_MAX);
  const findings = nearest.map(({ title, startsAt }) => ({
    code: "ledger",
    text: asking.say("why.changes", { title, at: formatInstant(startsAt, asking.locale, zone ?? asking.zone) }),
  }));
  return { findings, sql: [read.value.sql] };
}
