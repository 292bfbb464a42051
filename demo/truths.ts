import { localMidnight } from "./calendar.ts";
import { DAY, HOUR, MARKET, type Market, type Queue } from "./world.ts";

/** A half-open stretch of time, in ISO instants. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/** The seed of the demo; the truths are tested on its world at the default scale. */
export const DEFAULT_SEED = 2026;

/** What the generator hid in the data, as it is written to `truths.json`. Sizes are exact by construction, up to sampling noise. */
export interface Truths {
  readonly seed: number;
  readonly cases: number;
  readonly days: number;
  readonly now: string;
  /** The overall overturn rate moves, the rate of every queue stays: only the mix of queues changed. */
  readonly mixShift: {
    readonly metric: "overturn";
    readonly dimension: "queue";
    readonly segment: Queue;
    /** Compare appeals *resolved* in these two windows; the mix of what is resolved has settled in both. */
    readonly before: Window;
    readonly after: Window;
    /** The segment's inflow is multiplied by this in all markets. */
    readonly inflowFactor: number;
  };
  /** Removals double in one market, the overturn rate of mature cohorts stays flat; overturns of a day ÷ removals of that day falls. */
  readonly enforcementDoubling: {
    readonly market: Market;
    readonly before: Window;
    readonly after: Window;
    readonly removalsFactor: number;
  };
  /** A guideline in some markets: fewer overturns of the appeals of decisions made under it, longer handling. */
  readonly guidelineChange: {
    readonly guideline: string;
    readonly treated: readonly Market[];
    readonly controls: readonly Market[];
    /** By `decided_at`. */
    readonly before: Window;
    readonly after: Window;
    /** Overturned appeals × this (partial ones too): relative, treated against controls. */
    readonly overturnFactor: number;
    /** Handle time × this. */
    readonly handleFactor: number;
  };
  readonly experiments: readonly ExperimentTruth[];
  readonly incidents: readonly IncidentTruth[];
}

export interface ExperimentTruth {
  readonly id: string;
  readonly truth: "effect" | "null" | "broken_split";
  readonly unit: "seller" | "case";
  readonly window: Window;
  readonly primaryMetric: string;
  readonly arms: Readonly<Record<string, number>>;
  readonly control: string;
  /** Treatment ÷ control of the primary metric, 1 = none. */
  readonly ratio: number;
  /** Broken split: of the treated sellers that break rules most, this share is missing from the exposures. */
  readonly lostShare?: number;
}

export interface IncidentTruth {
  readonly id: "automation_dip" | "report_spike" | "live_slowdown" | "intake_outage";
  readonly kind: "rate_dip" | "volume_spike" | "slow_drift" | "data_outage";
  /** False: the data are missing, the business went on. */
  readonly business: boolean;
  readonly metric: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly window: Window;
  /** Multiplies the metric in the window; for the drift, at its end. 0 = no rows. */
  readonly factor: number;
}

/** The truths of one world, placed by days before `now` so that they are in the data whenever it is made. */
export function plantTruths(seed: number, cases: number, days: number, now: number): Truths {
  const window = (market: Market, fromDays: number, toDays: number): Window => ({
    from: new Date(localMidnight(MARKET[market].zone, now, fromDays)).toISOString(),
    to: new Date(localMidnight(MARKET[market].zone, now, toDays)).toISOString(),
  });
  const outage = Date.parse(window("SG", 16, 15).from) + 10 * HOUR;
  return {
    seed,
    cases,
    days,
    now: new Date(now).toISOString(),
    mixShift: {
      metric: "overturn",
      dimension: "queue",
      segment: "ip",
      before: window("SG", 280, 232),
      after: window("SG", 214, 180),
      inflowFactor: 6,
    },
    enforcementDoubling: {
      market: "ID",
      before: window("ID", 84, 46),
      after: window("ID", 46, 21),
      removalsFactor: 2,
    },
    guidelineChange: {
      guideline: "g-2026.2",
      treated: ["VN", "TH", "MY"],
      controls: ["ID", "PH", "SG", "US", "GB"],
      before: window("TH", 165, 100),
      after: window("TH", 100, 22),
      overturnFactor: 0.6,
      handleFactor: 1.2,
    },
    experiments: [
      {
        id: "exp_401",
        truth: "effect",
        unit: "seller",
        window: window("SG", 90, 48),
        primaryMetric: "appeal_rate",
        arms: { control: 0.5, clear_notice: 0.5 },
        control: "control",
        ratio: 0.65,
      },
      {
        id: "exp_402",
        truth: "null",
        unit: "case",
        window: window("SG", 64, 22),
        primaryMetric: "aht",
        arms: { control: 0.5, side_by_side: 0.5 },
        control: "control",
        ratio: 1,
      },
      {
        id: "exp_403",
        truth: "broken_split",
        unit: "seller",
        window: window("SG", 44, 9),
        primaryMetric: "repeat_violation",
        arms: { control: 0.5, coaching: 0.5 },
        control: "control",
        ratio: 1,
        lostShare: 0.6,
      },
    ],
    incidents: [
      {
        id: "automation_dip",
        kind: "rate_dip",
        business: true,
        metric: "automation_rate",
        filters: { market: "PH", queue: "video" },
        window: window("PH", 12, 9),
        factor: 0.35,
      },
      {
        id: "report_spike",
        kind: "volume_spike",
        business: true,
        metric: "reports",
        filters: { market: "VN" },
        window: window("VN", 6, 5),
        factor: 3.5,
      },
      {
        id: "live_slowdown",
        kind: "slow_drift",
        business: true,
        metric: "aht",
        filters: { queue: "live" },
        window: { from: window("SG", 45, 44).from, to: new Date(now).toISOString() },
        factor: 1.6,
      },
      {
        id: "intake_outage",
        kind: "data_outage",
        business: false,
        metric: "inflow",
        filters: {},
        window: { from: new Date(outage).toISOString(), to: new Date(outage + 9 * HOUR).toISOString() },
        factor: 0,
      },
    ],
  };
}

/** When the rights owners' campaign behind the mix shift ran: before its `after` window by the time that appeals take. */
export function mixShiftInflow(truths: Truths): Window {
  return {
    from: new Date(Date.parse(truths.mixShift.after.from) - 18 * DAY).toISOString(),
    to: truths.mixShift.after.to,
  };
}
