import { formatInstant } from "../../chat/format.ts";
import type { ChannelRef } from "../../chat/port.ts";
import { historyDaysOf, riskOutlook } from "../../insights/risk/outlook.ts";
import type { SellerRecord } from "../../insights/risk/record.ts";
import { limits } from "../../kernel/limits.ts";
import type { Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import { postgresEngine } from "../../queries/engine.ts";
import { readSellerHistories } from "../../queries/seller-history.ts";
import { readWatermarks, throughOf } from "../../queries/watermarks.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { zoneOfQuestion } from "../zone-of.ts";
import { maySeeSellers } from "./grant.ts";
import { riskNext } from "./next.ts";
import { riskPicture } from "./picture.ts";
import { segmentsOf, usualSplit } from "./segments.ts";
import { isSellerDimension, type RiskSituation, SELLER_DIMENSIONS } from "./situation.ts";
import { segmentTable, segmentView, sellerTable, sellerView } from "./table.ts";
import { riskCaveats, riskEcho, riskFindings, riskHeadline } from "./words.ts";

const HORIZON_DAYS = { usual: 30, least: 7, most: 60 } as const;
/** An appeal comes within 14 days and is decided within 3. */
const SETTLE_DAYS = 17;
const READS = ["cases", "decisions", "appeals"];
/** Of a history that takes too long, one seller in so many is read. */
const SAMPLE_EVERY = 16;
const SELLERS_SHOWN = 10;

/**
 * Chance of a confirmed violation within the next 30 days: by segment, or seller by seller for those who may see them. A model that knew only
 * what was known at an earlier cut-off is held against what happened after it, and the answer says how it did.
 */
export async function answerRisk(
  parts: Pick<BotParts, "facts" | "sellerIds">,
  question: Question,
  asking: Asking,
  where: ChannelRef,
): Promise<Result<Draft, Refusal>> {
  const horizon = question.options.risk?.days ?? HORIZON_DAYS.usual;
  const wrong = misfit(question, horizon, asking);
  if (wrong) return err(wrong);
  const asked = performance.now();
  const marks = await readWatermarks(postgresEngine(parts.facts), asking.catalog.watermarks);
  if (!marks.ok) return marks;
  const throughMs = throughOf(READS, marks.value.watermarks, asking.now);
  const span = { horizon, settle: SETTLE_DAYS };
  const read = await readOrLess(parts, throughMs, historyDaysOf(span));
  if (!read.ok) return read;
  const queried = performance.now();
  const inScope = scopeOf(question);
  const made = riskOutlook(read.value.sellers, span, inScope);
  if (made.kind === "short") return err({ code: "risk_short", params: { n: made.violations } });
  const sellers = made.outlook.sellers.filter(({ record }) => inScope(record));
  if (sellers.length < limits.cellMin) return err(tooFew(question));
  const allowed = maySeeSellers(parts.sellerIds, asking, where);
  const wanted = question.options.risk?.of === "seller";
  const by = question.by.length > 0 ? question.by.filter(isSellerDimension) : usualSplit(sellers, question.filters);
  const situation: RiskSituation = {
    question,
    ...span,
    outlook: made.outlook,
    sellers,
    named: wanted && allowed ? sellers.slice(0, question.options.limit ?? SELLERS_SHOWN) : null,
    withheld: wanted && !allowed,
    by,
    segments: segmentsOf(sellers, by, made.outlook.drift),
    every: read.value.every,
    throughMs,
    zone: zoneOfQuestion(question, asking),
  };
  return ok({
    ...draftOf(situation, allowed, asking),
    sql: [...(marks.value.record ? [marks.value.record] : []), read.value.sql],
    timing: { query: queried - asked, insight: performance.now() - queried },
  });
}

function draftOf(situation: RiskSituation, allowed: boolean, asking: Asking): Draft {
  const { question, named, throughMs, zone } = situation;
  const through = new Date(throughMs).toISOString();
  return {
    ...blankDraft(asking, question, "answered"),
    headline: riskHeadline(situation, asking),
    echo: riskEcho(situation, asking),
    findings: riskFindings(situation, asking),
    table: named ? sellerTable(named) : segmentTable(situation),
    view: named ? sellerView(named, asking) : segmentView(situation, asking),
    charts: question.options.form ? [] : [riskPicture(situation, asking)],
    caveats: riskCaveats(situation, asking),
    next: riskNext(situation, allowed, asking),
    dataThrough: through,
    dataLine: asking.say("data", { at: formatInstant(through, asking.locale, zone), zone }),
  };
}

function misfit(question: Question, horizon: number, asking: Asking): Refusal | null {
  const names = [...question.by, ...Object.keys(question.filters).map((key) => key.replace(/^!/, ""))];
  const other = names.find((id) => !isSellerDimension(id));
  if (other === undefined) {
    const { least, most } = HORIZON_DAYS;
    return horizon >= least && horizon <= most ? null : { code: "risk_horizon", params: { least, most } };
  }
  const filters = Object.fromEntries(
    Object.entries(question.filters).filter(([key]) => isSellerDimension(key.replace(/^!/, ""))),
  );
  const possible = Object.keys(SELLER_DIMENSIONS);
  return {
    code: "dimension_not_of_metric",
    params: { metric: asking.say("risk.name"), dimension: other, possible: possible.join(", ") },
    instead: possible.map((id) => ({ ...question, by: [id], filters })),
  };
}

/** Sellers as asked for, by `dimension` and `!dimension`. */
function scopeOf({ filters }: Question): (record: SellerRecord) => boolean {
  const tests = Object.entries(filters).flatMap(([key, values]) => {
    const id = key.replace(/^!/, "");
    return isSellerDimension(id) ? [{ read: SELLER_DIMENSIONS[id], values, wants: !key.startsWith("!") }] : [];
  });
  return (record) => tests.every(({ read, values, wants }) => values.includes(record[read]) === wants);
}

const tooFew = (question: Question): Refusal => ({
  code: "risk_few",
  params: { least: limits.cellMin },
  instead: [{ ...question, filters: {} }],
});

/** Everything that takes too long is read again for a part of the sellers. */
async function readOrLess({ facts }: Pick<BotParts, "facts">, throughMs: number, days: number) {
  const whole = await readSellerHistories(facts, { throughMs, days, every: 1 });
  const every = whole.ok || whole.error.code !== "timeout" ? 1 : SAMPLE_EVERY;
  const read = every === 1 ? whole : await readSellerHistories(facts, { throughMs, days, every });
  return read.ok ? ok({ ...read.value, every }) : read;
}
