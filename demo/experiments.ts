import type { Effects } from "./effects.ts";
import { type Random, STREAMS } from "./random.ts";
import type { Seller } from "./sellers.ts";
import type { TableSink } from "./tables.ts";
import type { ExperimentTruth } from "./truths.ts";

interface Unit {
  readonly id: number;
  readonly seller: Seller;
  readonly at: number;
}

/** The experiments that run: who has been exposed to which arm, and what an arm does. */
export interface Experiments {
  /** A case came in: its unit enters the experiments that are open then, once. */
  meet(made: Unit): void;
  /** Share of the appeals of this case that are still filed. */
  appealRatio(made: Unit): number;
}

/** Arms are drawn from the unit's id, so nothing is remembered but one bit for a seller: it was exposed already. */
export function createExperiments(
  scratch: Random,
  effects: Effects,
  sellers: number,
  exposures: TableSink,
): Experiments {
  const entries = effects.experiments.map((experiment, index) => ({
    experiment,
    index,
    seen: experiment.unit === "seller" ? new Uint8Array(Math.ceil((sellers + 1) / 8)) : null,
  }));
  const armOf = (experiment: ExperimentTruth, index: number, unit: number): string => {
    const u = scratch.begin(STREAMS.assignment + 100 * index, unit).next();
    const treatment = Object.keys(experiment.arms).find((arm) => arm !== experiment.control) ?? experiment.control;
    return u < (experiment.arms[experiment.control] ?? 0) ? experiment.control : treatment;
  };
  const lost = (experiment: ExperimentTruth, arm: string, seller: Seller): boolean =>
    arm !== experiment.control && seller.propensity > BREAKS_RULES_OFTEN && scratch.chance(experiment.lostShare ?? 0);
  const enter = ({ experiment, index, seen }: (typeof entries)[number], made: Unit) => {
    const unit = seen ? made.seller.id : made.id;
    if (seen && !firstTime(seen, unit)) return;
    const arm = armOf(experiment, index, unit);
    if (lost(experiment, arm, made.seller)) return;
    exposures.add(experiment.id, unit, arm, new Date(made.at).toISOString());
  };
  return {
    meet: (made) => {
      for (const entry of entries) {
        if (made.at >= entry.experiment.fromMs && made.at < entry.experiment.toMs) enter(entry, made);
      }
    },
    appealRatio: (made) => {
      const entry = entries.find(({ experiment }) => experiment.primaryMetric === "appeal_rate");
      if (!entry || made.at < entry.experiment.fromMs || made.at >= entry.experiment.toMs) return 1;
      const arm = armOf(entry.experiment, entry.index, made.seller.id);
      return arm === entry.experiment.control ? 1 : entry.experiment.ratio;
    },
  };
}

/** About one seller in three. */
const BREAKS_RULES_OFTEN = 1.1;

function firstTime(seen: Uint8Array, unit: number): boolean {
  const bit = 1 << (unit & 7);
  const byte = seen[unit >> 3] ?? 0;
  seen[unit >> 3] = byte | bit;
  return (byte & bit) === 0;
}
