import type { Metric } from "../../catalog/catalog.ts";
import type { Finding } from "../../chat/answer.ts";
import { formatDifference, formatValue } from "../../chat/format.ts";
import type { Decomposition, Effect, SegmentSide } from "../../insights/drivers/decompose.ts";
import { REAL_BELOW } from "../../insights/drivers/explain-cube.ts";
import type { Asking } from "../asking.ts";
import { dimensionWord } from "../names.ts";
import type { Combined } from "./combined.ts";
import type { QuantileSplit } from "./quantile.ts";
import type { Explained } from "./splits.ts";

/** Segments named. */
const SEGMENTS_MAX = 4;
/** Segments that carry this share of the change explain it. */
const ENOUGH = 0.9;
const TOO_MUCH = 1.1;
/** A value alone that moves a quantile by less than this share of its change is not worth a line. */
const ALONE_MIN = 0.05;

/** A split in sentences: rate against mix, Simpson's paradox, the segments with their parts, what they explain, the combined ones. */
export function splitFindings(
  best: Explained,
  combined: Combined | null,
  metric: Metric,
  verdict: string | null,
  asking: Asking,
): Finding[] {
  const { say } = asking;
  const { decomposition, isRate } = best;
  const dimension = dimensionWord(asking.catalog, best.dimension, asking.language);
  const difference = (value: number): string => formatDifference(value, metric.unit, asking.locale);
  const named = worthNaming(decomposition);
  const part = named.reduce((sum, effect) => sum + effect.total, 0);
  return [
    ...(decomposition.simpson ? [{ code: "simpson", text: say("why.simpson", { dimension }) }] : []),
    isRate
      ? {
          code: "rate_and_mix",
          text: say(splitKey(decomposition, verdict), {
            rate: difference(decomposition.rate),
            mix: difference(decomposition.mix),
            dimension,
          }),
        }
      : { code: "volume", text: say("why.volume", { dimension }) },
    ...named.map((effect) => ({ code: "segment", text: segmentText(effect, best, metric, dimension, asking) })),
    {
      code: "explains",
      text: say("why.explains", { n: named.length, part: difference(part), whole: difference(decomposition.change) }),
    },
    ...combinedFindings(combined, metric, asking),
  ];
}

/**
 * The fewest segments that go the change's way and carry nine tenths of it, and where they carry more than all of it, the largest that took some
 * of it back; at most four. The largest where nothing moved as a whole.
 */
function worthNaming({ effects, change }: Decomposition): readonly Effect[] {
  const along = effects.filter(({ total }) => total * change > 0);
  const back = effects.filter(({ total }) => total * change < 0);
  if (along.length === 0) return effects.slice(0, SEGMENTS_MAX);
  const named: Effect[] = [];
  const share = (): number => named.reduce((sum, { total }) => sum + total, 0) / change;
  for (const effect of along) if (share() < ENOUGH && named.length < SEGMENTS_MAX) named.push(effect);
  for (const effect of back) if (share() > TOO_MUCH && named.length < SEGMENTS_MAX) named.push(effect);
  return named;
}

/** A quantile's change in sentences, with the word that its parts do not add up. */
export function quantileFindings({ dimension: id, change }: QuantileSplit, metric: Metric, asking: Asking): Finding[] {
  const { say, locale } = asking;
  const dimension = dimensionWord(asking.catalog, id, asking.language);
  const difference = (value: number): string => formatDifference(value, metric.unit, locale);
  const alone = change.alone
    .filter(({ effect }) => Math.abs(effect) > ALONE_MIN * Math.abs(change.change))
    .slice(0, SEGMENTS_MAX);
  return [
    {
      code: "rate_and_mix",
      text: say("why.quantile", { dimension, inside: difference(change.inside), mix: difference(change.mix) }),
    },
    ...alone.map(({ name, effect }) => ({
      code: "segment",
      text: say("why.alone", { dimension, name, effect: difference(effect) }),
    })),
  ];
}

/** "Mostly real" and "mostly mix" are said of a change that is more than noise. */
function splitKey({ rate, mix }: Decomposition, verdict: string | null): "why.rate" | "why.mix" | "why.parts" {
  if (verdict === "within_noise") return "why.parts";
  return Math.abs(rate) >= Math.abs(mix) ? "why.rate" : "why.mix";
}

function segmentText(effect: Effect, best: Explained, metric: Metric, dimension: string, asking: Asking): string {
  const segment = best.segments.find((one) => one.name === effect.name);
  if (best.isRate && Math.abs(effect.mix) > Math.abs(effect.rate))
    return shareText(effect, best, metric, dimension, asking);
  const isNoise = (best.tests.get(effect.name)?.q ?? 1) >= REAL_BELOW;
  const shown = (side: SegmentSide | undefined): string => sideText(side, best.isRate, metric, asking);
  return asking.say(isNoise ? "why.segment.noise" : "why.segment", {
    dimension,
    name: effect.name,
    effect: formatDifference(effect.total, metric.unit, asking.locale),
    before: shown(segment?.before),
    after: shown(segment?.after),
  });
}

/** A segment whose share moved the whole is told by its share. */
function shareText(effect: Effect, best: Explained, metric: Metric, dimension: string, asking: Asking): string {
  const share = (when: "before" | "after"): string => {
    const all = best.segments.reduce((sum, { [when]: side }) => sum + side.weight, 0);
    const own = best.segments.find((one) => one.name === effect.name)?.[when].weight ?? 0;
    return formatValue(all > 0 ? own / all : null, "share", asking.locale);
  };
  const after = best.segments.find((one) => one.name === effect.name)?.after;
  return asking.say("why.segment.share", {
    dimension,
    name: effect.name,
    effect: formatDifference(effect.total, metric.unit, asking.locale),
    before: share("before"),
    after: share("after"),
    rate: sideText(after, true, metric, asking),
  });
}

function sideText(side: SegmentSide | undefined, isRate: boolean, metric: Metric, asking: Asking): string {
  if (!side) return "–";
  const value = isRate ? (side.weight > 0 ? side.hits / side.weight : null) : side.hits;
  return value === null ? "–" : formatValue(value, metric.unit, asking.locale);
}

/** Combined segments, said only where a combination says more than one dimension alone. */
function combinedFindings(combined: Combined | null, metric: Metric, asking: Asking): Finding[] {
  const parts = (combined?.parts ?? []).filter(({ where }) => Object.keys(where).length > 1).slice(0, SEGMENTS_MAX);
  if (!combined || parts.length === 0) return [];
  return parts.map((part) => ({
    code: "combined",
    text: asking.say("why.combined", {
      names: Object.values(part.where).join(" · "),
      effect: formatDifference(part.total, metric.unit, asking.locale),
      whole: formatDifference(combined.explanation.change, metric.unit, asking.locale),
      before: sideText(part.segment.before, combined.explanation.isRate, metric, asking),
      after: sideText(part.segment.after, combined.explanation.isRate, metric, asking),
    }),
  }));
}
