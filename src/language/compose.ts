import type { Catalog } from "../catalog/catalog.ts";
import {
  blank,
  canonicalQuestion,
  type Options,
  type Question,
  type QuestionKind,
  type RiskOption,
} from "../kernel/question.ts";
import { grainOf } from "./grain.ts";
import { joined } from "./inherit.ts";
import { mergedFilters, mergedMetrics, mergedSplits } from "./merge.ts";
import { namesAnything, type Slots } from "./slots.ts";
import { timesOf } from "./times.ts";

export interface ComposeContext {
  readonly catalog: Catalog;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The asker's zone. */
  readonly zone: string;
}

/**
 * Slots and what the thread has → the complete canonical Question; null when there is nothing to measure (the nonsense rule).
 */
export function compose(slots: Slots, thread: Question | null, context: ComposeContext): Question | null {
  if (!namesAnything(slots)) return null;
  const kind = kindOf(slots, thread);
  if (kind === "metrics" || kind === "help") return blank(kind);
  if (kind === "replay") return { ...blank(kind), options: slots.options };
  const base = thread && joined(thread, kind);
  const risk = riskOf(slots, base, kind);
  const metrics = risk ? [] : mergedMetrics(slots, base, kind, context.catalog);
  if ((!risk && !isComplete(kind, metrics, slots, thread)) || onlyLooseQuantiles(slots, metrics, thread)) return null;
  if (kind === "define") return { ...blank(kind), metrics };
  const filters = mergedFilters(slots, base);
  const times = timesOf({ slots, base, kind, metrics, filters }, context);
  const by = NEVER_SPLIT.has(kind) ? [] : mergedSplits(slots, base, filters);
  const draft = { kind, metrics, by, filters, period: times.period, compare: times.compare };
  const grain = grainOf({ slots, base, ...draft, minutes: times.minutes }, context.catalog);
  const options = optionsOf(slots, base, kind, { at: times.at, by, metrics }, context.catalog);
  if (risk) return canonicalQuestion({ ...draft, period: null, grain: "total", options: { ...options, risk } });
  return canonicalQuestion({ ...draft, grain, options: { ...options, ...horizonOf(slots, base, kind, grain) } });
}

/** Sellers' risk: as said, or the thread's where no metric is; how far ahead is part of it, in days. */
function riskOf(slots: Slots, base: Question | null, kind: QuestionKind): RiskOption | null {
  const inherited = slots.metrics.length === 0 && slots.options.load === undefined ? base?.options.risk : undefined;
  const said = slots.options.risk ?? inherited;
  if (kind !== "forecast" || said === undefined) return null;
  const { horizon } = slots;
  const days =
    horizon &&
    Math.max(1, Math.round(horizon.unit === "hour" ? horizon.count / 24 : horizon.count * DAYS[horizon.unit]));
  return {
    ...said,
    ...(days ? { days } : said.days === undefined && inherited?.days !== undefined ? { days: inherited.days } : {}),
  };
}

/** A split, grain or form after a why turns back to the number. */
function kindOf(slots: Slots, thread: Question | null): QuestionKind {
  if (slots.kind) return slots.kind;
  if (!thread) return "metric";
  const reshapes = slots.splits.by.length > 0 || slots.grain !== null || slots.options.form !== undefined;
  return thread.kind === "why" && reshapes ? "metric" : thread.kind;
}

const NEVER_SPLIT: ReadonlySet<QuestionKind> = new Set(["why", "changes", "anomalies", "status", "power"]);

/** Whether the kind has all that it needs. */
function isComplete(kind: QuestionKind, metrics: readonly string[], slots: Slots, thread: Question | null): boolean {
  switch (kind) {
    case "anomalies":
    case "changes":
    case "status":
    case "experiment":
    case "tradeoff":
      return true;
    case "power":
      return metrics.length > 0 || (slots.options.baseline !== undefined && slots.options.target !== undefined);
    case "schedule":
    case "watch":
      return metrics.length > 0 || (thread !== null && thread.metrics.length > 0);
    case "forecast":
      return metrics.length > 0 || slots.options.load !== undefined;
    default:
      return metrics.length > 0;
  }
}

/** "p95" where no metric has quantiles names nothing. */
const onlyLooseQuantiles = (slots: Slots, metrics: readonly string[], thread: Question | null): boolean =>
  slots.quantiles.length > 0 &&
  !namesAnything({ ...slots, quantiles: [] }) &&
  JSON.stringify(metrics) === JSON.stringify(thread?.metrics);

const KIND_OPTIONS = [
  "experiment",
  "receipt",
  "cron",
  "to",
  "when",
  "baseline",
  "target",
  "delta",
  "power",
  "threshold",
  "change",
  "load",
] as const;

function optionsOf(
  slots: Slots,
  base: Question | null,
  kind: QuestionKind,
  made: { at: string | null; by: readonly string[]; metrics: readonly string[] },
  catalog: Catalog,
): Options {
  const inherited = base?.options ?? {};
  const named = slots.options;
  const options: Record<string, unknown> = {};
  for (const key of KIND_OPTIONS) {
    const value = named[key] ?? inherited[key];
    if (value !== undefined) options[key] = value;
  }
  if (named.threshold && inherited.threshold) options.threshold = { ...inherited.threshold, ...named.threshold };
  if (kind === "power") powerNumbers(options, named, inherited);
  if (made.at !== null) options.at = made.at;
  const aged = made.metrics.some((id) => catalog.metrics.get(id)?.aged);
  const age = named.age ?? inherited.age;
  if (aged && age !== undefined && kind !== "forecast") options.age = age;
  const level = named.level ?? inherited.level;
  if (level !== undefined && kind !== "status") options.level = level;
  if (SHOWN.has(kind)) {
    const form = named.form ?? inherited.form;
    if (form !== undefined) options.form = form;
  }
  if (made.by.length > 0 || named.risk?.of === "seller") {
    const limit = named.limit ?? inherited.limit;
    const order = named.limit !== undefined ? named.order : inherited.order;
    if (limit !== undefined) options.limit = limit;
    if (order !== undefined) options.order = order;
  }
  return options as Options;
}
const SHOWN: ReadonlySet<QuestionKind> = new Set([
  "metric", "why", "forecast", "anomalies", "changes", "schedule", "watch", "experiment", "impact", "tradeoff",
]); // biome-ignore format: one list

/** A power question says either baseline and target, or a delta. */
function powerNumbers(options: Record<string, unknown>, named: Options, inherited: Options): void {
  if (named.delta !== undefined && named.baseline === undefined && named.target === undefined) {
    delete options.target;
    if (inherited.baseline === undefined) delete options.baseline;
  } else if (named.target !== undefined) delete options.delta;
}

const HOURS_A_DAY = 24;
const DAYS = { day: 1, week: 7, month: 30 } as const;
const HORIZON_DEFAULT = 14;

/** How many steps of the grain a forecast looks ahead. */
function horizonOf(slots: Slots, base: Question | null, kind: QuestionKind, grain: Question["grain"]): Options {
  if (kind !== "forecast")
    return base?.options.horizon !== undefined && base.kind === "forecast" ? { horizon: base.options.horizon } : {};
  if ((slots.options.load ?? base?.options.load) !== undefined) return {};
  const said = slots.horizon;
  if (!said)
    return { horizon: base?.kind === "forecast" ? (base.options.horizon ?? HORIZON_DEFAULT) : HORIZON_DEFAULT };
  if (said.unit === grain || said.unit === "hour") return { horizon: said.count };
  const days = said.count * DAYS[said.unit];
  if (grain === "hour") return { horizon: days * HOURS_A_DAY };
  if (grain === "week") return { horizon: Math.max(1, Math.round(days / 7)) };
  if (grain === "month") return { horizon: Math.max(1, Math.round(days / 30)) };
  return { horizon: days };
}
