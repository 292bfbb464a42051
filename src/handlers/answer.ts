import type { NextStep } from "../chat/answer.ts";
import type { ChannelRef } from "../chat/port.ts";
import { blank, type Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import type { Result } from "../kernel/result.ts";
import type { Unknown } from "../language/nearest.ts";
import type { Reading } from "../language/reader.ts";
import { postgresEngine } from "../queries/engine.ts";
import { favouriteWords, findReceipt } from "../queries/state/receipts.ts";
import { answerAnomalies } from "./anomalies.ts";
import type { Asking, Draft } from "./asking.ts";
import { answerChanges } from "./changes.ts";
import { answerClarify } from "./clarify.ts";
import { answerDefine } from "./define.ts";
import { answerDigestWords, namesDigest, type ReadInstead } from "./digest/ask.ts";
import { exampleSteps } from "./examples.ts";
import { answerForecast } from "./forecast.ts";
import { answerHelp, answerMetrics } from "./listing.ts";
import { answerMetric } from "./metric.ts";
import { dimensionName, metricName, valueName } from "./names.ts";
import type { BotParts } from "./parts.ts";
import { answerQueueOutlook } from "./queue/outlook.ts";
import { answerRefusal } from "./refuse.ts";
import { answerRisk } from "./risk/risk.ts";
import { answerManaging } from "./standing/manage.ts";
import { answerStanding } from "./standing/standing.ts";
import { answerStatus } from "./status.ts";
import { usualWindow } from "./usual-window.ts";
import { answerWhy } from "./why/why.ts";
import { withLedger } from "./with-ledger.ts";

/** What the words gave, and how to read them again with another word in their place. */
export interface Heard {
  readonly reading: Reading;
  readonly readInstead: ReadInstead;
}
/** Answers a Question of any kind. `heard` = null for a click. */
export type Answerer = (question: Question, heard: Heard | null, asking: Asking, where: ChannelRef) => Promise<Draft>;

/** One branch a kind; each handler reads as one sentence. */
export function answererOf(parts: BotParts): Answerer {
  return async (question, heard, asking, where) => {
    if (heard?.reading.managing) return answerManaging(parts, heard.reading.managing, question, asking, where);
    if (heard?.reading.unknown && !namesDigest(asking) && (question.kind === "help" || question.kind === "metric")) {
      return answerUnknown(question, heard.reading.unknown, heard.readInstead, asking);
    }
    switch (question.kind) {
      case "metric":
        return withLedger(
          orRefusal(question, await answerMetric(question, asking), asking),
          question,
          asking,
          parts.facts,
        );
      case "why":
        return orRefusal(question, await answerWhy(question, asking, parts.facts), asking);
      case "anomalies":
        return orRefusal(question, await answerAnomalies(question, asking, parts), asking);
      case "define":
        return answerDefine(question, asking);
      case "metrics":
        return answerMetrics(question, asking);
      case "status":
        return orRefusal(
          question,
          await answerStatus(question, asking, parts.engine ?? postgresEngine(parts.facts), {
            pool: parts.writer,
            where,
          }),
          asking,
        );
      case "replay":
        return answerReplay(parts, question, asking);
      case "clarify":
        return answerClarify(question, asking);
      case "help": {
        const digest =
          heard && !askedForHelp(heard) ? await answerDigestWords(heard.readInstead, asking, where, parts) : null;
        if (digest) return digest;
        return answerHelp(question, await examplesFor(parts, where, asking), askedForHelp(heard), asking);
      }
      case "schedule":
      case "watch":
        return answerStanding(parts, question, heard?.reading ?? null, asking, where);
      case "forecast":
        return orRefusal(question, await answerAhead(parts, question, asking, where), asking);
      case "changes":
        return orRefusal(question, await answerChanges(parts, question, asking), asking);
      case "experiment":
      case "power":
      case "impact":
      case "tradeoff":
        return answerNotYet(parts, question, asking, where);
      default:
        return question.kind satisfies never;
    }
  };
}

/** What will come, what will become of a queue, or who will break the rules. */
function answerAhead(
  parts: BotParts,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Result<Draft, Refusal>> {
  if (question.options.risk) return answerRisk(parts, question, asking, where);
  return question.options.load
    ? answerQueueOutlook(question, asking, parts.engine ?? postgresEngine(parts.facts))
    : answerForecast(question, asking, parts.facts);
}

/** A fault goes on as a throw, so that the log has its cause and the asker its reference. */
function orRefusal(question: Question, answered: Result<Draft, Refusal>, asking: Asking): Draft {
  if (answered.ok) return answered.value;
  if (answered.error.code === "fault") throw answered.error.cause ?? new Error("a fault without a cause");
  return answerRefusal(question, answered.error, asking);
}

/** A replay reads the same Question at the same moment; late facts can still move the number, and the data line says how far they reach. */
async function answerReplay(parts: BotParts, question: Question, asking: Asking): Promise<Draft> {
  const receipt = question.options.receipt ?? "";
  const kept = await findReceipt(parts.writer, receipt);
  if (!kept) return answerRefusal(question, { code: "unknown_receipt", params: { receipt } }, asking);
  const then: Asking = { ...asking, zone: kept.zone, now: Date.parse(kept.nowAt) };
  const draft = await answererOf(parts)(kept.question, null, then, {
    platform: "terminal",
    tenant: kept.tenant,
    channel: kept.channel,
  });
  return { ...draft, question, headline: asking.say("replay.head", { receipt, headline: draft.headline }) };
}

/** A word that stood where a metric or a value belongs and is none: the nearest three as buttons, nothing guessed. */
function answerUnknown(question: Question, unknown: Unknown, readInstead: Heard["readInstead"], asking: Asking): Draft {
  const near = unknown.nearest
    .map((id) => ({ label: labelOf(id, unknown, asking), question: readInstead(unknown.text, id).question }))
    .filter((choice) => choice.question.kind !== "help" && choice.question.kind !== "clarify");
  const refusal: Refusal = {
    code:
      unknown.role === "metric"
        ? "unknown_metric"
        : unknown.role === "dimension"
          ? "unknown_dimension"
          : "unknown_value",
    params: { value: unknown.text, dimension: unknown.dimension ?? "market" },
    instead: near.map((choice) => choice.question),
  };
  return answerRefusal(
    question,
    refusal,
    asking,
    near.map((choice) => choice.label),
  );
}

function labelOf(id: string, unknown: Unknown, asking: Asking): string {
  if (unknown.role === "metric") return metricName(asking.catalog, id, asking.language);
  return unknown.role === "dimension" ? dimensionName(asking.catalog, id, asking.language) : valueName(id, asking);
}

/** Help was meant when a word for it was understood; else it is what stands in for not understanding. */
const askedForHelp = (heard: Heard | null): boolean => heard === null || heard.reading.askedForHelp;

async function examplesFor(parts: BotParts, where: ChannelRef, asking: Asking): Promise<NextStep[]> {
  return exampleSteps(parts, await favouriteWords(parts.writer, where, 4), asking.language);
}

/** What is asked for is understood but not answerable here; the plain number is offered instead. */
async function answerNotYet(parts: BotParts, question: Question, asking: Asking, where: ChannelRef): Promise<Draft> {
  const refusal: Refusal = { code: "not_available", params: { kind: question.kind } };
  const metric = asking.catalog.metrics.get(question.metrics[0] ?? "");
  if (!metric) return { ...answerRefusal(question, refusal, asking), next: await examplesFor(parts, where, asking) };
  const window = question.period ? { period: question.period, options: {} } : usualWindow(metric, asking);
  const plain: Question = {
    ...blank("metric"),
    ...window,
    metrics: question.metrics,
    by: question.by,
    filters: question.filters,
    compare: question.period ? question.compare : null,
  };
  const label = metricName(asking.catalog, metric.id, asking.language);
  return answerRefusal(question, { ...refusal, instead: [plain] }, asking, [label]);
}
