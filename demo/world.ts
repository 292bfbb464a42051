import { weighted } from "./random.ts";

/**
 * Parameters of the simulated marketplace: who is there, how often, how fast, how well. Calibrated on the order of magnitude of the
 * platforms' own transparency reports (design: about 95 % of measures automated, 31–51 % of complaints reversed, precision 0.97–0.99):
 * here three of four decisions are the model's, so that the human metrics have data at the default scale too.
 */
export const MARKETS = ["ID", "VN", "TH", "MY", "PH", "SG", "US", "GB"] as const;
export type Market = (typeof MARKETS)[number];
export const QUEUES = ["product", "video", "live", "seller", "ip", "appeals"] as const;
export type Queue = (typeof QUEUES)[number];
export type Source = "model" | "user_report" | "rights_owner" | "random_audit" | "appeal";
export type Severity = "low" | "medium" | "high" | "critical";
export type Tier = "new" | "bronze" | "silver" | "gold" | "brand";
export type Action = "approve" | "remove" | "restrict" | "warn" | "ban";
export type Reason =
  | "counterfeit" | "ip_infringement" | "prohibited_goods" | "weapons" | "unsafe_product" | "misleading_claim" | "adult"
  | "hate_harassment" | "fake_review" | "price_fraud" | "off_platform" | "spam"; // biome-ignore format: one list
export type Category =
  | "beauty" | "fashion" | "electronics" | "home" | "food" | "health" | "toys" | "mom_baby" | "sports" | "auto"; // biome-ignore format: one list

interface MarketFacts {
  readonly zone: string;
  /** Of all inflow. */
  readonly share: number;
  /** Factor on the chance of a removal. */
  readonly strictness: number;
  readonly usdPerHour: number;
  /** For product, video, live; and for seller, ip, appeals. */
  readonly teams: readonly [string, string];
}
export const MARKET: Readonly<Record<Market, MarketFacts>> = {
  ID: { zone: "Asia/Jakarta", share: 0.3, strictness: 1.05, usdPerHour: 5, teams: ["jkt-1", "jkt-2"] },
  VN: { zone: "Asia/Ho_Chi_Minh", share: 0.17, strictness: 1.1, usdPerHour: 5, teams: ["hcm-1", "hcm-1"] },
  TH: { zone: "Asia/Bangkok", share: 0.14, strictness: 0.8, usdPerHour: 6, teams: ["bkk-1", "bkk-1"] },
  MY: { zone: "Asia/Kuala_Lumpur", share: 0.09, strictness: 0.95, usdPerHour: 8, teams: ["kul-1", "kul-1"] },
  PH: { zone: "Asia/Manila", share: 0.14, strictness: 1, usdPerHour: 5.5, teams: ["mnl-1", "mnl-2"] },
  SG: { zone: "Asia/Singapore", share: 0.01, strictness: 0.9, usdPerHour: 18, teams: ["sin-1", "sin-1"] },
  US: { zone: "America/Los_Angeles", share: 0.09, strictness: 1, usdPerHour: 22, teams: ["lax-1", "lax-1"] },
  GB: { zone: "Europe/London", share: 0.06, strictness: 0.95, usdPerHour: 21, teams: ["lon-1", "lon-1"] },
};
export const TEAMS = [
  "jkt-1",
  "jkt-2",
  "hcm-1",
  "bkk-1",
  "kul-1",
  "mnl-1",
  "mnl-2",
  "sin-1",
  "lax-1",
  "lon-1",
] as const;
export const MODERATORS_PER_TEAM = 14;

interface QueueFacts {
  readonly share: number;
  /** Share of cases that the model decides alone. */
  readonly automation: number;
  readonly slaHours: number;
  /** Median seconds that a reviewer needs. */
  readonly handleSeconds: number;
  /** Local hours in which reviewers work, half-open; Sunday off for the desks that keep office hours. */
  readonly shift: readonly [number, number];
  readonly sundayOff: boolean;
  readonly precision: { readonly model: number; readonly human: number };
  readonly leakage: { readonly model: number; readonly human: number };
  /** Chance that a *right* removal is overturned on appeal; a wrong one is with `OVERTURN_WRONG`. */
  readonly overturnRight: number;
  readonly modelUsd: number;
}
export const QUEUE: Readonly<Record<Queue, QueueFacts>> = {
  product: {
    share: 0.5, automation: 0.88, slaHours: 24, handleSeconds: 70, shift: [8, 22], sundayOff: false,
    precision: { model: 0.96, human: 0.93 }, leakage: { model: 0.012, human: 0.05 }, overturnRight: 0.16, modelUsd: 0.0012,
  },
  video: {
    share: 0.22, automation: 0.84, slaHours: 12, handleSeconds: 120, shift: [8, 22], sundayOff: false,
    precision: { model: 0.95, human: 0.92 }, leakage: { model: 0.016, human: 0.06 }, overturnRight: 0.2, modelUsd: 0.0045,
  },
  live: {
    share: 0.09, automation: 0.72, slaHours: 2, handleSeconds: 170, shift: [0, 24], sundayOff: false,
    precision: { model: 0.93, human: 0.92 }, leakage: { model: 0.03, human: 0.07 }, overturnRight: 0.2, modelUsd: 0.009,
  },
  seller: {
    share: 0.08, automation: 0.68, slaHours: 48, handleSeconds: 210, shift: [9, 18], sundayOff: true,
    precision: { model: 0.94, human: 0.93 }, leakage: { model: 0.02, human: 0.05 }, overturnRight: 0.22, modelUsd: 0.002,
  },
  ip: {
    share: 0.06, automation: 0.5, slaHours: 36, handleSeconds: 300, shift: [9, 18], sundayOff: true,
    precision: { model: 0.9, human: 0.91 }, leakage: { model: 0.03, human: 0.05 }, overturnRight: 0.56, modelUsd: 0.003,
  },
  appeals: {
    share: 0.05, automation: 0, slaHours: 72, handleSeconds: 330, shift: [9, 18], sundayOff: true,
    precision: { model: 0.95, human: 0.95 }, leakage: { model: 0.02, human: 0.04 }, overturnRight: 0.2, modelUsd: 0.002,
  },
}; // biome-ignore format: a table

export const HANDLE_SIGMA = 0.6;
/** A removal is appealed with this chance. */
export const APPEALED = { right: 0.105, wrong: 0.42 } as const;
export const OVERTURN_WRONG = 0.9;
export const PARTIAL_SHARE = 0.12;
export const WITHDRAWN = 0.04;
export const APPEAL_DAYS_MAX = 14;
export const RESOLVE_DAYS_MAX = 3;
/** A decision is looked at again within days, and another one takes its place. */
export const REWORK = { model: 0.012, human: 0.035 } as const;

export const QUEUE_CHOICE = weighted<Queue>(
  Object.fromEntries(QUEUES.map((queue) => [queue, QUEUE[queue].share])) as Record<Queue, number>,
);
export const SOURCE_CHOICE = {
  product: weighted<Source>({ model: 0.64, user_report: 0.22, rights_owner: 0.04, random_audit: 0.1 }),
  video: weighted<Source>({ model: 0.6, user_report: 0.32, rights_owner: 0.02, random_audit: 0.06 }),
  live: weighted<Source>({ model: 0.66, user_report: 0.34 }),
  seller: weighted<Source>({ model: 0.55, user_report: 0.35, random_audit: 0.1 }),
  ip: weighted<Source>({ model: 0.25, user_report: 0.15, rights_owner: 0.6 }),
  appeals: weighted<Source>({ appeal: 1 }),
} as const;
export const CONTENT_CHOICE = {
  product: weighted({ listing: 0.84, ad: 0.1, review: 0.06 }),
  video: weighted({ video: 0.9, ad: 0.1 }),
  live: weighted({ live: 1 }),
  seller: weighted({ profile: 0.7, listing: 0.3 }),
  ip: weighted({ listing: 0.72, video: 0.2, ad: 0.08 }),
  appeals: weighted({ listing: 0.6, video: 0.25, live: 0.05, profile: 0.1 }),
} as const;
export const CATEGORY_CHOICE = weighted<Category>({
  beauty: 0.16, fashion: 0.22, electronics: 0.15, home: 0.12, food: 0.08, health: 0.09, toys: 0.05, mom_baby: 0.05, sports: 0.05, auto: 0.03,
}); // biome-ignore format: a table
export const TIER_CHOICE = weighted<Tier>({ new: 0.14, bronze: 0.42, silver: 0.26, gold: 0.14, brand: 0.04 });
export const SEVERITY_CHOICE = weighted<Severity>({ low: 0.45, medium: 0.35, high: 0.16, critical: 0.04 });
/** Chance of a removal by where the case came from. */
export const REMOVAL: Readonly<Record<Source, number>> = {
  model: 0.33, user_report: 0.26, rights_owner: 0.58, random_audit: 0.05, appeal: 0.34,
}; // biome-ignore format: a table

const GOODS = {
  counterfeit: 0.22, ip_infringement: 0.08, prohibited_goods: 0.2, weapons: 0.03, unsafe_product: 0.14, misleading_claim: 0.18,
  price_fraud: 0.09, spam: 0.06,
}; // biome-ignore format: a table
const SPEECH = {
  misleading_claim: 0.24, adult: 0.16, hate_harassment: 0.14, prohibited_goods: 0.12, counterfeit: 0.1, off_platform: 0.12, spam: 0.12,
}; // biome-ignore format: a table
export const REASON_CHOICE = {
  product: weighted<Reason>(GOODS),
  video: weighted<Reason>(SPEECH),
  live: weighted<Reason>(SPEECH),
  seller: weighted<Reason>({ fake_review: 0.3, off_platform: 0.3, price_fraud: 0.2, spam: 0.2 }),
  ip: weighted<Reason>({ counterfeit: 0.6, ip_infringement: 0.4 }),
  appeals: weighted<Reason>(GOODS),
} as const;

export const isRemoval = (action: Action): boolean => action === "remove" || action === "restrict" || action === "ban";
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
