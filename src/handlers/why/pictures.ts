import type { Metric } from "../../catalog/catalog.ts";
import { formatDifference, formatMagnitude, formatValue } from "../../chat/format.ts";
import type { Effect } from "../../insights/drivers/decompose.ts";
import { REAL_BELOW } from "../../insights/drivers/explain-cube.ts";
import type { ChartSpec, WaterfallSpec, WaterfallStep } from "../../kernel/chart-spec.ts";
import type { Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { echoOf } from "../echo.ts";
import { dimensionWord, metricName, windowName } from "../names.ts";
import { chartUnit } from "../pictures.ts";
import type { Combined } from "./combined.ts";
import { effectsHeat } from "./heat.ts";
import type { QuantileSplit } from "./quantile.ts";
import type { Explained } from "./splits.ts";

/** Pictures of one answer. */
const PICTURES_MAX = 2;
/** Steps with a name of their own; what is below this share of the largest goes into the rest. */
const STEPS_MAX = 7;
const STEP_MIN = 0.03;

/** What was found out about a change, as far as it can be drawn. */
export interface Drawable {
  readonly before: number;
  readonly after: number;
  readonly zone: string | null;
  /** The change as a whole is no more than chance. */
  readonly isNoise: boolean;
  readonly best: Explained | undefined;
  readonly combined: Combined | null;
  readonly quantile: QuantileSplit | undefined;
  readonly factors: readonly WaterfallPart[];
  readonly moves: readonly WaterfallPart[];
}
interface WaterfallPart {
  readonly name: string;
  readonly effect: number;
}

/** The change as waterfalls, over its segments, its flows or its factors, and as a heat map of what two dimensions bring together; two at most. */
export function whyPictures(plain: Question, metric: Metric, found: Drawable, asking: Asking): ChartSpec[] {
  const { best, combined, quantile, factors, moves, zone } = found;
  const picture = (drawn: Drawn | null): WaterfallSpec | null => drawn && waterfall(drawn, plain, metric, zone, asking);
  const pictures = [
    best ? picture(segmentsDrawn(best, !found.isNoise, metric, asking)) : null,
    quantile ? picture(quantileDrawn(quantile, asking)) : null,
    factors.length > 0 ? picture(partsDrawn(factors, found, asking)) : null,
    moves.length > 0 ? picture({ ...partsDrawn(moves, found, asking), blames: false }) : null,
    combined ? effectsHeat(combined, plain, metric, zone, asking) : null,
  ];
  return pictures.flatMap((one) => one ?? []).slice(0, PICTURES_MAX);
}

interface Drawn {
  /** The dimension of the steps, where they are segments. */
  readonly by: string | null;
  readonly before: number;
  readonly after: number;
  readonly steps: readonly WaterfallStep[];
  readonly note: string;
  /** The largest step may be named as where the change is from. */
  readonly blames: boolean;
}

function waterfall(drawn: Drawn, plain: Question, metric: Metric, zone: string | null, asking: Asking): WaterfallSpec {
  const asked: Question = { ...plain, metrics: [metric.id], by: drawn.by === null ? [] : [drawn.by] };
  const { period, compare } = plain;
  const named = (window: Question["period"] | Question["compare"]): string =>
    window ? windowName(window, asking, zone) : "";
  return {
    kind: "waterfall",
    title: titleOf(drawn, metric, asking),
    subtitle: echoOf(asked, asking, zone).replace(/^[^:：]*[:：]\s*/, ""),
    unit: chartUnit(metric.unit),
    locale: asking.locale,
    ...(drawn.note === "" ? {} : { note: drawn.note }),
    from: { label: named(compare), value: drawn.before },
    steps: drawn.steps,
    to: { label: named(period ?? (plain.options.at ? { at: plain.options.at } : null)), value: drawn.after },
  };
}

/** "Overturn rate rose 1.1 pp: +0.8 pp from queue live"; only the two numbers where nothing can be blamed. */
function titleOf({ by, before, after, steps, blames }: Drawn, metric: Metric, asking: Asking): string {
  const change = after - before;
  const name = metricName(asking.catalog, metric.id, asking.language);
  const value = (level: number): string => formatValue(level, metric.unit, asking.locale);
  const [first] = steps
    .filter(({ effect }) => effect * change > 0)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  if (!first || !blames)
    return asking.say("why.chart.plain", { metric: name, before: value(before), after: value(after) });
  const dimension = by === null ? "" : dimensionWord(asking.catalog, by, asking.language);
  return asking.say(change > 0 ? "why.chart.up" : "why.chart.down", {
    metric: name,
    size: formatMagnitude(change, metric.unit, asking.locale),
    name: [dimension, first.label].filter((word) => word !== "").join(" "),
    effect: formatDifference(first.effect, metric.unit, asking.locale),
  });
}

function segmentsDrawn(best: Explained, blames: boolean, metric: Metric, asking: Asking): Drawn {
  const { before, after, effects, rate, mix } = best.decomposition;
  const difference = (value: number): string => formatDifference(value, metric.unit, asking.locale);
  const isFaint = ({ name, rate: own, mix: shift }: Effect): boolean =>
    Math.abs(own) >= Math.abs(shift) && (best.tests.get(name)?.q ?? 1) >= REAL_BELOW;
  const steps = effects.map((effect) => ({
    label: effect.name,
    effect: effect.total,
    ...(isFaint(effect) ? { faint: true } : {}),
  }));
  const parts = {
    rate: difference(rate),
    mix: difference(mix),
    dimension: dimensionWord(asking.catalog, best.dimension, asking.language),
  };
  const notes = [
    ...(best.isRate ? [asking.say("why.parts", parts)] : []),
    ...(steps.some(({ faint }) => faint) ? [asking.say("why.chart.faint")] : []),
  ];
  return {
    by: best.dimension,
    before,
    after,
    steps: inOrder(steps, after - before, asking),
    note: notes.join(" "),
    blames,
  };
}

/** The steps that go the change's way, the largest first, then those against it, the largest first; small ones as one. */
function inOrder(steps: readonly WaterfallStep[], change: number, asking: Asking): WaterfallStep[] {
  const size = ({ effect }: WaterfallStep): number => Math.abs(effect);
  const ranked = [...steps].sort((a, b) => size(b) - size(a));
  const least = STEP_MIN * size(ranked[0] ?? { label: "", effect: 0 });
  const large = ranked.filter((step, at) => at < STEPS_MAX && size(step) >= least);
  const kept = ranked.length - large.length === 1 ? ranked : large;
  const small = ranked.slice(kept.length);
  const rest = small.reduce((sum, { effect }) => sum + effect, 0);
  return [
    ...kept.filter(({ effect }) => effect * change > 0),
    ...kept.filter(({ effect }) => effect * change <= 0),
    ...(small.length > 0 ? [{ label: asking.say("why.chart.rest", { n: small.length }), effect: rest }] : []),
  ];
}

/** A quantile is no sum: only what happened inside the segments and between them adds up. */
function quantileDrawn({ dimension, change: { before, after, inside, mix } }: QuantileSplit, asking: Asking): Drawn {
  const named = { dimension: dimensionWord(asking.catalog, dimension, asking.language) };
  const steps = [
    { label: asking.say("why.chart.inside", named), effect: inside },
    { label: asking.say("why.chart.between", named), effect: mix },
  ];
  return { by: null, before, after, steps, note: "", blames: false };
}

/** Parts in the order given; what they leave open is a step of its own. */
function partsDrawn(parts: readonly WaterfallPart[], { before, after, isNoise }: Drawable, asking: Asking): Drawn {
  const steps = parts.map(({ name, effect }) => ({ label: name, effect }));
  const open = after - before - parts.reduce((sum, { effect }) => sum + effect, 0);
  const isOpen = Math.abs(open) > 1e-6 * Math.max(Math.abs(before), Math.abs(after));
  const rest = isOpen ? [{ label: asking.say("why.chart.else"), effect: open }] : [];
  return { by: null, before, after, steps: [...steps, ...rest], note: "", blames: !isNoise && !isOpen };
}
