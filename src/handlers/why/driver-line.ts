import { formatDifference } from "../../chat/format.ts";
import { mostTelling, separates } from "../../insights/drivers/telling.ts";
import type { Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { dimensionWord, shownMetrics } from "../names.ts";
import { type Explained, explainSplits, readSplits } from "./splits.ts";

/** Segments named in one line. */
const NAMED_MAX = 2;
/** A segment is named when it carries at least this share of the change. */
const PART_MIN = 0.2;

/**
 * What moved a number, in one line for a digest: "driven by queue live (+0.8 pp of +1.1 pp)". Of a Question with one metric, a period and a
 * comparison; null where nothing can be split, nothing moved, or no segment carries a fifth of it.
 */
export async function driverLine(question: Question, asking: Asking): Promise<string | null> {
  return (await driverOf(question, asking))?.text ?? null;
}

export interface Driver {
  readonly text: string;
  /** The segments' shares moved more than what happens inside them. */
  readonly isMix: boolean;
  /** The segments surely did not move alike; else the text names but the largest. */
  readonly separates: boolean;
}

/** The same with what it says. */
export async function driverOf(question: Question, asking: Asking): Promise<Driver | null> {
  const metric = shownMetrics(question, asking.catalog)[0];
  if (!metric || !question.compare) return null;
  const plain: Question = { ...question, kind: "metric", metrics: [metric.id], by: [], grain: "total" };
  const best = mostTelling(explainSplits(await readSplits(plain, metric, asking).splits, asking));
  if (!best || best.decomposition.change === 0) return null;
  const named = along(best).slice(0, NAMED_MAX);
  if (named.length === 0) return null;
  const difference = (value: number): string => formatDifference(value, metric.unit, asking.locale);
  const isMix = Math.abs(best.decomposition.mix) > Math.abs(best.decomposition.rate);
  const text = asking.say(isMix ? "why.line.mix" : "why.line", {
    dimension: dimensionWord(asking.catalog, best.dimension, asking.language),
    names: named.map(({ name }) => name).join(", "),
    part: difference(named.reduce((sum, { total }) => sum + total, 0)),
    whole: difference(best.decomposition.change),
  });
  return { text, isMix, separates: isMix || separates(best) };
}

/** Effects that go the change's way and are worth a name, the largest first. */
const along = ({ decomposition: { effects, change } }: Explained) =>
  effects.filter(({ total }) => total / change >= PART_MIN);
