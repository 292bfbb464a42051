import type { Pool } from "pg";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import type { Question } from "../kernel/question.ts";
import { readLedger } from "../queries/changes.ts";
import { spanOf } from "../queries/periods.ts";
import type { Asking, Draft } from "./asking.ts";
import { ledgerMarks } from "./ledger-marks.ts";
import { zoneOfQuestion } from "./zone-of.ts";

const READ_MAX = 100;
const SERIES: ReadonlySet<string> = new Set(["hour", "day", "week", "month"]);

/** The answer with what the change ledger holds drawn on its line charts; as it was where there is none, or where the ledger cannot be read. */
export async function withLedger(draft: Draft, question: Question, asking: Asking, facts: Pool): Promise<Draft> {
  if (!question.period || !SERIES.has(question.grain) || !draft.charts.some(({ kind }) => kind === "line"))
    return draft;
  const zone = zoneOfQuestion(question, asking);
  const span = spanOf(question.period, zone);
  const read = await readLedger(facts, {
    fromMs: span.from,
    toMs: span.to,
    markets: question.filters.market ?? [],
    queues: question.filters.queue ?? [],
    max: READ_MAX,
  });
  if (!read.ok || read.value.changes.length === 0) return draft;
  const marked = (chart: ChartSpec): ChartSpec => {
    if (chart.kind !== "line") return chart;
    const points = chart.series.find(({ role }) => role === "main")?.points ?? [];
    const marks = ledgerMarks(read.value.changes, points, question.grain, zone);
    return marks.length > 0 ? { ...chart, marks } : chart;
  };
  return { ...draft, charts: draft.charts.map(marked), sql: [...draft.sql, read.value.sql] };
}
