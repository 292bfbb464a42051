import type { Grain, Options, QuestionKind } from "../kernel/question.ts";
import { readTimes } from "./compare-words.ts";
import type { Comparison } from "./comparison.ts";
import { readAge, readWatch } from "./condition-words.ts";
import { type Filters, readFilters } from "./filter-words.ts";
import { readGrain, readSplits, type Splits } from "./grouping-words.ts";
import { readKind } from "./kind-words.ts";
import { chooseMeanings, findScopes } from "./meanings.ts";
import { readMetrics } from "./metric-words.ts";
import { readForm, readHorizon, readLevel, readLimit } from "./option-words.ts";
import { readCron } from "./schedule-words.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";
import type { Window } from "./window.ts";
import { readZone } from "./zone-words.ts";

/** Slots: what one message names, each by itself; null or empty = not named. What they mean together is `compose.ts`' business. */
export interface Slots {
  readonly kind: QuestionKind | null;
  readonly metrics: readonly string[];
  /** Quantiles said without a metric of their family: "p50". */
  readonly quantiles: readonly string[];
  readonly splits: Splits;
  readonly filters: Filters;
  readonly zone: string | null;
  readonly window: Window | null;
  readonly comparison: Comparison | null;
  readonly grain: Grain | "trend" | null;
  /** "how many": one number, no line. */
  readonly counted: boolean;
  /** "add", "also": join what is named with what the thread has. */
  readonly joins: boolean;
  /** "total", "no split". */
  readonly resets: boolean;
  readonly undo: boolean;
  readonly horizon: { readonly count: number; readonly unit: "hour" | "day" | "week" | "month" } | null;
  readonly options: Options;
}

export interface SlotContext {
  /** The kind of the thread's last answer: "from yesterday" compares in a why. */
  readonly threadKind: QuestionKind | null;
  /** Whether the thread's metrics can be filtered by age. */
  readonly threadAged: boolean;
}

/** Reads a message into slots. Readers take their words in the order of this body; a word is taken once. */
export function readSlots(sentence: Sentence, context: SlotContext): Slots {
  const { catalog } = sentence.index;
  const scopes = findScopes(sentence);
  const chosen = chooseMeanings(sentence, scopes);
  const zone = readZone(sentence, chosen);
  const to = sentence.tokens.find((token) => token.channel)?.channel;
  const cron = readCron(sentence);
  const watch = cron === null ? readWatch(sentence) : null;
  const named = readMetrics(sentence, chosen);
  const told = readKind(sentence, chosen, { cron, watch: watch?.when ?? null }, context.threadKind);
  const aged =
    named.metrics.length > 0 ? named.metrics.some((id) => catalog.metrics.get(id)?.aged) : context.threadAged;
  const horizon = readHorizon(sentence);
  const limit = readLimit(sentence, chosen);
  const level = readLevel(sentence);
  const age = aged && isAgeFree(told.kind, watch?.bounds.length ?? 0) ? readAge(sentence) : null;
  const form = readForm(sentence);
  const isWhy = told.kind === "why" || (told.kind === null && context.threadKind === "why");
  const grain = readGrain(sentence);
  const times = readTimes(sentence, isWhy);
  const splits = readSplits(sentence, chosen, limit.dimension);
  const filters = readFilters(sentence, chosen, scopes);
  return {
    kind: told.kind,
    ...named,
    splits: splits.by.length > 0 || !splits.grain ? splits : { ...splits, by: [] },
    filters,
    zone,
    window: times.window,
    comparison: times.comparison,
    grain: grain ?? splits.grain,
    counted: sentence.has("count"),
    joins: sentence.has("add"),
    resets: sentence.has("reset") && !isTotalOf(sentence, named.metrics),
    undo: sentence.has("undo"),
    horizon,
    options: {
      ...limit.options,
      ...(level === null ? {} : { level }),
      ...(form === null ? {} : { form }),
      ...(age === null ? {} : { age }),
      ...told.options,
      ...(to !== undefined && (cron !== null || watch !== null) ? { to } : {}),
    },
  };
}

/** A watch's last comparison is its condition; only what it leaves can be an age. */
const isAgeFree = (kind: QuestionKind | null, left: number): boolean => kind !== "watch" || left > 0;

/** "total removals" asks for a number, "total" alone drops the split. */
const isTotalOf = (sentence: Sentence, metrics: readonly string[]): boolean =>
  metrics.length > 0 && sentence.tokens.every((token) => !hasRole(token, "reset") || hasRole(token, "count"));

/** Whether a message names anything that a follow-up could change. */
export function namesAnything(slots: Slots): boolean {
  return (
    slots.kind !== null || slots.metrics.length > 0 || slots.quantiles.length > 0 || slots.splits.by.length > 0 ||
    slots.filters.named || slots.zone !== null || slots.window !== null || slots.comparison !== null ||
    slots.grain !== null || slots.resets || slots.horizon !== null || Object.keys(slots.options).length > 0
  ); // biome-ignore format: one list
}
