import type { RiskOutlook, ScoredSeller } from "../../insights/risk/outlook.ts";
import type { RowKey } from "../../kernel/measurement.ts";
import type { Question } from "../../kernel/question.ts";

/** A seller's own attributes: what can be split and filtered by, and where a record has it. */
export const SELLER_DIMENSIONS = { seller_tier: "tier", category: "category", market: "market" } as const;
export type SellerDimension = keyof typeof SELLER_DIMENSIONS;
export const isSellerDimension = (id: string): id is SellerDimension => id in SELLER_DIMENSIONS;

/** Sellers that are alike in what is split by. `risk` null = too few of them to be shown. */
export interface Segment {
  readonly key: RowKey;
  readonly sellers: readonly ScoredSeller[];
  readonly risk: number | null;
  readonly expected: { readonly mean: number; readonly low: number; readonly high: number } | null;
}

/** All that an answer about risk is worded from. */
export interface RiskSituation {
  readonly question: Question;
  readonly horizon: number;
  readonly settle: number;
  readonly outlook: RiskOutlook;
  /** Active sellers that were asked about, the riskiest first; and those named, where that is allowed and asked. */
  readonly sellers: readonly ScoredSeller[];
  readonly named: readonly ScoredSeller[] | null;
  /** Sellers were asked for one by one and may not be shown here. */
  readonly withheld: boolean;
  readonly by: readonly SellerDimension[];
  readonly segments: readonly Segment[];
  /** One in so many sellers was read. */
  readonly every: number;
  readonly throughMs: number;
  readonly zone: string;
}
