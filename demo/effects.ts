import { type ExperimentTruth, mixShiftInflow, type Truths, type Window } from "./truths.ts";
import type { Market, Queue } from "./world.ts";

/** The planted truths as the generator asks for them: factors at an instant, 1 where nothing is planted. */
export interface Effects {
  /** Inflow of one queue. */
  queueInflow(queue: Queue, at: number): number;
  /** User reports of one market. */
  reports(market: Market, at: number): number;
  removal(market: Market, at: number): number;
  automation(market: Market, queue: Queue, at: number): number;
  handle(market: Market, queue: Queue, at: number): number;
  /** On overturned appeals of decisions made at `at`. */
  overturn(market: Market, at: number): number;
  /** No case that came in at `at` was recorded. */
  intakeLost(at: number): boolean;
  guideline(market: Market, at: number): string;
  readonly experiments: readonly (ExperimentTruth & Span)[];
}
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export function createEffects(truths: Truths): Effects {
  const { mixShift, enforcementDoubling: doubling, guidelineChange: change } = truths;
  const mix = span(mixShiftInflow(truths));
  const doubled = span(doubling.after);
  const changed = Date.parse(change.after.from);
  const treated = new Set<Market>(change.treated);
  const under = (market: Market, at: number) => treated.has(market) && at >= changed;
  const [dip, spike, drift, outage] = (
    ["automation_dip", "report_spike", "live_slowdown", "intake_outage"] as const
  ).map((id) => incident(truths, id)) as [Incident, Incident, Incident, Incident];
  return {
    queueInflow: (queue, at) => (queue === mixShift.segment && within(mix, at) ? mixShift.inflowFactor : 1),
    reports: (market, at) => (market === spike.filters.market && within(spike, at) ? spike.factor : 1),
    removal: (market, at) => (market === doubling.market && within(doubled, at) ? doubling.removalsFactor : 1),
    automation: (market, queue, at) =>
      market === dip.filters.market && queue === dip.filters.queue && within(dip, at) ? dip.factor : 1,
    handle: (market, queue, at) =>
      (under(market, at) ? change.handleFactor : 1) *
      (queue === drift.filters.queue && within(drift, at)
        ? drift.factor ** ((at - drift.fromMs) / (drift.toMs - drift.fromMs))
        : 1),
    overturn: (market, at) => (under(market, at) ? change.overturnFactor : 1),
    intakeLost: (at) => within(outage, at),
    guideline: (market, at) => (under(market, at) ? change.guideline : "g-2026.1"),
    experiments: truths.experiments.map((experiment) => ({ ...experiment, ...span(experiment.window) })),
  };
}

type Incident = Truths["incidents"][number] & Span;

function incident(truths: Truths, id: string): Incident {
  const found = truths.incidents.find((planted) => planted.id === id);
  if (!found) throw new Error(`No incident ${id} is planted.`);
  return { ...found, ...span(found.window) };
}

const span = (window: Window): Span => ({ fromMs: Date.parse(window.from), toMs: Date.parse(window.to) });
const within = (window: Span, at: number): boolean => at >= window.fromMs && at < window.toMs;
