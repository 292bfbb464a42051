/**
 * What is known of a seller. All times are days before the watermark (0 = the watermark, 3.5 = three and a half days earlier), so that "known
 * at a cut-off" is a comparison of numbers.
 */
export interface SellerHistory {
  readonly id: string;
  readonly market: string;
  readonly tier: string;
  readonly category: string;
  readonly joined: number;
  /** Cases by when they came, and whether a user reported them. */
  readonly created: readonly number[];
  readonly reported: readonly boolean[];
  /** Removals by when they were decided, and when they were overturned or replaced (null = they stand). */
  readonly removed: readonly number[];
  readonly ended: readonly (number | null)[];
}

/** A seller as known at a cut-off. */
export interface SellerRecord {
  readonly market: string;
  readonly tier: string;
  readonly category: string;
  /** Days looked at: the look-back, or since the seller joined or the data begin. */
  readonly days: number;
  readonly cases: number;
  readonly recentCases: number;
  readonly reported: number;
  /** Removals that stood at the cut-off. */
  readonly violations: number;
  /** Days since the last of them; null = none. */
  readonly sinceViolation: number | null;
  readonly tenure: number;
}

export const LOOK_BACK_DAYS = 180;
const RECENT_DAYS = 30;

/** The record at the cut-off `cut`; null for who had not joined or had no case in the look-back. `dataDays`: age of the first case of all. */
export function recordAt(seller: SellerHistory, cut: number, dataDays: number): SellerRecord | null {
  const back = cut + LOOK_BACK_DAYS;
  const seen = tally(seller, cut, back);
  if (seller.joined < cut || seen.cases === 0) return null;
  const { market, tier, category } = seller;
  return {
    market,
    tier,
    category,
    days: Math.max(1, Math.min(LOOK_BACK_DAYS, seller.joined - cut, dataDays - cut)),
    ...seen,
    ...standing(seller, cut, back),
    tenure: seller.joined - cut,
  };
}

function standing(seller: SellerHistory, cut: number, back: number) {
  let violations = 0;
  let last: number | null = null;
  seller.removed.forEach((at, i) => {
    const end = seller.ended[i] ?? null;
    if (at < cut || at >= back || (end !== null && end >= cut)) return;
    violations += 1;
    last = Math.min(last ?? at, at);
  });
  return { violations, sinceViolation: last === null ? null : last - cut };
}

function tally(seller: SellerHistory, cut: number, back: number) {
  let [cases, recentCases, reported] = [0, 0, 0];
  seller.created.forEach((at, i) => {
    if (at < cut || at >= back) return;
    cases += 1;
    if (at < cut + RECENT_DAYS) recentCases += 1;
    if (seller.reported[i]) reported += 1;
  });
  return { cases, recentCases, reported };
}

/**
 * Whether the seller had a confirmed violation in the `horizon` days after the cut-off: a removal that still stood `settle` days after their
 * end, when appeals are decided.
 */
export function violatedAfter(seller: SellerHistory, cut: number, horizon: number, settle: number): boolean {
  const end = cut - horizon;
  return seller.removed.some((at, i) => {
    const until = seller.ended[i] ?? null;
    return at < cut && at >= end && (until === null || until < end - settle);
  });
}
