import type { Catalog, Metric, ScanRule } from "../../catalog/catalog.ts";
import { formatPeriod, formatValue } from "../../chat/format.ts";
import {
  hoursForCases,
  hoursForDecisions,
  hoursForSlowness,
  labelsFor,
  meanOf,
  type Reckoned,
  shareOf,
  type Uncertain,
  type WorkProfile,
} from "../../insights/recommend/work.ts";
import { addStates } from "../../kernel/add-states.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import type { LedgerEntry } from "../../kernel/ledger.ts";
import type { MetricState } from "../../kernel/measurement.ts";
import type { Asking } from "../asking.ts";
import { dayStart, daysBetween, shiftDay } from "../scan/days.ts";
import type { Scanned } from "../scan/scan-mart.ts";

/** One action, what it should do, and what must hold for that. */
export interface Recommendation {
  /** The rule that made it: docs/insights.md, "Recommendations". */
  readonly rule: "route_back" | "roll_back" | "add_hours" | "plan_hours" | "clear_late" | "label_more" | "mix_only";
  readonly action: string;
  readonly effect: (Reckoned & { readonly unit: "hours" | "labels" }) | null;
  readonly assumption: string;
  /** What the hours do to p(breach); absent where no queue can be reckoned. */
  readonly breach?: BreachEffect;
}

/** p(breach) as the roster stands, and with the hours of a recommendation. */
export interface BreachEffect {
  /** ISO instant: the next midnight of the segment that is at least four hours away. */
  readonly until: string;
  readonly before: number;
  readonly after: number;
}

/** The profile of work is that of the last four weeks. */
const PROFILE_DAYS = 28;
/** A model that began at most this long before a fall is a suspect of it. */
const SUSPECT_DAYS = 3;
/** Half-width to which a moved quality is to be known. */
const KNOWN_TO = 0.03;

/**
 * The action that a finding ends with, by the metric's role in the work; null where the rules know none. `isMix`: the drivers say that the
 * shares of segments moved, not what happens inside them.
 */
export function recommend(
  deviation: Deviation,
  scanned: Scanned,
  isMix: boolean,
  asking: Asking,
): Recommendation | null {
  const role = asking.catalog.metrics.get(deviation.metric)?.scan?.role ?? "none";
  if (deviation.kind === "variance" || deviation.kind === "silence") return null;
  switch (role) {
    case "automation":
      return deviation.direction === "down" ? routeBack(deviation, scanned, asking) : null;
    case "intake":
      return deviation.direction === "up" ? addHours(deviation, scanned, asking) : null;
    case "handling":
      return deviation.direction === "up" ? planHours(deviation, asking) : null;
    case "timeliness":
      return isWorse(deviation, asking) ? clearLate(deviation, scanned, asking) : null;
    case "quality":
      return isWorse(deviation, asking) ? quality(deviation, isMix, asking) : null;
    case "none":
      return null;
    default:
      return role satisfies never;
  }
}

function isWorse({ metric, direction }: Deviation, { catalog }: Asking): boolean {
  const good = catalog.metrics.get(metric)?.good;
  return (good === "up" && direction === "down") || (good === "down" && direction === "up");
}

/** Automation fell: what the model no longer decides, people do. Rolling back is offered where a model began just before. */
function routeBack(deviation: Deviation, scanned: Scanned, asking: Asking): Recommendation | null {
  const handle = handleTime(deviation, scanned, asking.catalog);
  const { n } = deviation;
  if (!handle || !n) return null;
  const rate = shareOf(deviation.value * n, n);
  const moved: Uncertain = { value: (deviation.expected - deviation.value) * n, se: rate.se * n };
  const effect = { unit: "hours" as const, ...hoursForDecisions(perDay(moved, deviation), handle) };
  const model = newModel(deviation, scanned.ledger);
  const values = { hours: hoursText(effect, asking), title: model?.title ?? "" };
  return {
    rule: model ? "roll_back" : "route_back",
    action: asking.say(model ? "recommend.roll_back" : "recommend.route_back", values),
    effect,
    assumption: asking.say("recommend.assume.handle", { handle: seconds(handle, asking) }),
  };
}

function newModel({ period, zone, segment }: Deviation, ledger: readonly LedgerEntry[]): LedgerEntry | undefined {
  const start = dayStart(period.from, zone);
  return ledger.findLast(
    ({ kind, startsAt, markets, queues }) =>
      kind === "model" &&
      Date.parse(startsAt) <= start + DAY_MS &&
      Date.parse(startsAt) > start - SUSPECT_DAYS * DAY_MS &&
      concerns(markets, segment.market) &&
      concerns(queues, segment.queue),
  );
}
const DAY_MS = 86_400_000;
const concerns = (of: readonly string[] | null, asked: readonly string[] | undefined): boolean =>
  of === null || asked === undefined || asked.some((value) => of.includes(value));

/** More came in: the hours that the people's part of it takes, once. */
function addHours(deviation: Deviation, scanned: Scanned, asking: Asking): Recommendation | null {
  const work = workProfile(deviation, scanned, asking.catalog);
  if (!work) return null;
  const cases = { value: deviation.value - deviation.expected, se: Math.sqrt(deviation.value) };
  const effect = { unit: "hours" as const, ...hoursForCases(cases, work) };
  const by = formatPeriod(
    { from: shiftDay(scanned.lastDay, 2), to: shiftDay(scanned.lastDay, 3) },
    asking.locale,
    deviation.zone,
  );
  return {
    rule: "add_hours",
    action: asking.say("recommend.add_hours", { hours: hoursText(effect, asking), by }),
    effect,
    assumption: asking.say("recommend.assume.work", {
      share: formatValue(work.humanShare.value, "share", asking.locale),
      handle: seconds(work.handleSeconds, asking),
    }),
  };
}

/** Decisions take longer: the hours a day that it costs. */
function planHours(deviation: Deviation, asking: Asking): Recommendation | null {
  const { n, value, expected, low, high } = deviation;
  if (!n) return null;
  // The band is that of a day's mean, so its width is the error of the difference.
  const more = { value: value - expected, se: (high - low) / (2 * 1.96) };
  const effect = { unit: "hours" as const, ...hoursForSlowness(n / daysOf(deviation), more) };
  return {
    rule: "plan_hours",
    action: asking.say("recommend.plan_hours", { hours: hoursText(effect, asking) }),
    effect,
    assumption: asking.say("recommend.assume.volume"),
  };
}

/** Cases were late: the hours in which those beyond the usual would have been decided. */
function clearLate(deviation: Deviation, scanned: Scanned, asking: Asking): Recommendation | null {
  const handle = handleTime(deviation, scanned, asking.catalog);
  const { n } = deviation;
  if (!handle || !n) return null;
  const rate = shareOf(deviation.value * n, n);
  const late = { value: Math.abs(deviation.expected - deviation.value) * n, se: rate.se * n };
  const effect = { unit: "hours" as const, ...hoursForDecisions(perDay(late, deviation), handle) };
  return {
    rule: "clear_late",
    action: asking.say("recommend.clear_late", { hours: hoursText(effect, asking) }),
    effect,
    assumption: asking.say("recommend.assume.handle", { handle: seconds(handle, asking) }),
  };
}

/** Quality moved: nothing to do about it where only the mix moved; else labels, so that it is known before anything is changed. */
function quality(deviation: Deviation, isMix: boolean, asking: Asking): Recommendation {
  if (isMix)
    return {
      rule: "mix_only",
      action: asking.say("recommend.mix_only"),
      effect: null,
      assumption: asking.say("recommend.assume.mix"),
    };
  const labels = labelsFor(deviation.value, KNOWN_TO);
  return {
    rule: "label_more",
    action: asking.say("recommend.label_more", {
      n: labels,
      half: formatValue(KNOWN_TO, "share", asking.locale).replace("%", "pp"),
    }),
    effect: { unit: "labels", value: labels, low: labels, high: labels },
    assumption: asking.say("recommend.assume.labels"),
  };
}

const daysOf = ({ period }: Deviation): number => Math.max(1, daysBetween(period.from, period.to));
const perDay = ({ value, se }: Uncertain, deviation: Deviation): Uncertain => ({
  value: value / daysOf(deviation),
  se: se / daysOf(deviation),
});

function workProfile(deviation: Deviation, scanned: Scanned, catalog: Catalog): WorkProfile | null {
  const handleSeconds = handleTime(deviation, scanned, catalog);
  const automation = lately(deviation, "automation", scanned, catalog);
  if (!handleSeconds || automation?.kind !== "proportion" || automation.n === 0) return null;
  return { handleSeconds, humanShare: shareOf(automation.n - automation.x, automation.n) };
}

function handleTime(deviation: Deviation, scanned: Scanned, catalog: Catalog): Uncertain | null {
  const state = lately(deviation, "handling", scanned, catalog);
  return state?.kind === "mean" && state.n > 1 ? meanOf(state) : null;
}

/** The sum of the last four weeks before the deviation, of the metric with this role, in its segment or the nearest wider one that is scanned. */
function lately(deviation: Deviation, role: ScanRule["role"], scanned: Scanned, catalog: Catalog): MetricState | null {
  const metric = [...catalog.metrics.values()].find((one: Metric) => one.scan?.role === role);
  if (!metric) return null;
  const dimensions = Object.entries(deviation.segment);
  for (let kept = dimensions.length; kept >= 0; kept -= 1) {
    const segment = Object.fromEntries(dimensions.slice(0, kept));
    const found = scanned.series({ metric: metric.id, segment });
    const states = (found?.series.states ?? []).filter((state, index) => {
      const day = found?.series.days[index] ?? "";
      return state !== null && day < deviation.period.from && day >= shiftDay(deviation.period.from, -PROFILE_DAYS);
    }) as MetricState[];
    if (states.length > 0) return states.reduce((sum, state) => addStates(sum, state));
  }
  return null;
}

const hoursText = ({ value, low, high }: Reckoned, asking: Asking): string =>
  asking.say("recommend.hours", {
    value: oneDigit(value, asking.locale),
    low: oneDigit(low, asking.locale),
    high: oneDigit(high, asking.locale),
  });

const oneDigit = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
const seconds = ({ value }: Uncertain, asking: Asking): string => formatValue(value, "seconds", asking.locale);
