import type { Answer } from "../chat/answer.ts";
import { formatInstant } from "../chat/format.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import type { Measurement } from "../queries/measure.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { caveatsOf } from "./caveats.ts";
import { echoOf } from "./echo.ts";
import { headlineOf } from "./headline.ts";
import { shownMetrics } from "./names.ts";
import { nextSteps } from "./next-steps.ts";
import { picturesOf } from "./pictures.ts";
import { numbersOf } from "./rows.ts";
import { tableOf, viewOf } from "./table.ts";

/** Answers a question for numbers: measured, estimated, put into words. A refusal where the catalog or the database cannot. */
export async function answerMetric(question: Question, asking: Asking): Promise<Result<Draft, Refusal>> {
  const asked = performance.now();
  const measured = await asking.measure(question, { catalog: asking.catalog, now: asking.now, zone: asking.zone });
  if (!measured.ok) return err(measured.error);
  const queried = performance.now();
  const draft = wordsOf(measured.value, question, asking);
  return ok({ ...draft, timing: { query: queried - asked, insight: performance.now() - queried } });
}

function wordsOf(measurement: Measurement, question: Question, asking: Asking): Draft {
  const metrics = shownMetrics(question, asking.catalog);
  const numbers = numbersOf(measurement, question, metrics, asking.catalog);
  const { zone } = measurement;
  return {
    ...blankDraft(asking, question, "answered"),
    headline: headlineOf(numbers, question, metrics, asking, zone),
    echo: echoOf(question, asking, zone),
    values: numbers.rows,
    table: tableOf(numbers.rows, question, metrics),
    view: viewOf(numbers.rows, question, metrics, asking),
    charts: picturesOf(numbers.rows, question, metrics, asking, zone),
    caveats: caveatsOf(numbers, measurement, question, metrics, asking),
    next: nextSteps(question, metrics, numbers, asking),
    sql: measurement.sql,
    dataThrough: measurement.dataThrough,
    dataLine: dataLineOf(measurement, asking),
  };
}

export function dataLineOf(measurement: Pick<Measurement, "dataThrough" | "zone">, asking: Asking): Answer["dataLine"] {
  if (!measurement.dataThrough) return "";
  const zone = measurement.zone ?? asking.zone;
  return asking.say("data", { at: formatInstant(measurement.dataThrough, asking.locale, zone), zone });
}
