export interface GwetAc1 {
  readonly ac1: number | null;
  readonly se: number | null;
  readonly reason?: string;
}

/**
 * Gwet's AC1: agreement beyond chance with chance taken from how evenly categories are used, so that it does not collapse when one
 * class is rare. `ratings[i]` = the ratings of item i, null = missing. Error over items. Source: Gwet (2008); irrCAC::gwet.ac1.raw.
 */
export function gwetAc1(ratings: readonly (readonly (number | string | null)[])[]): GwetAc1 {
  const categories = [...new Set(ratings.flat().filter((rating) => rating !== null))];
  const rows = ratings
    .map((row) => categories.map((category) => row.filter((rating) => rating === category).length))
    .map((counts) => ({ counts, raters: counts.reduce((a, b) => a + b, 0) }))
    .filter(({ raters }) => raters > 0);
  const items = rows.length;
  const q = categories.length;
  const paired = rows.filter(({ raters }) => raters >= 2).length;
  if (paired === 0) return { ac1: null, se: null, reason: "no item was rated twice" };
  if (q < 2) return { ac1: null, se: null, reason: "all ratings are in one category" };
  const shares = categories.map(
    (_, c) => rows.reduce((sum, row) => sum + (row.counts[c] ?? 0) / row.raters, 0) / items,
  );
  const chance = shares.reduce((sum, share) => sum + share * (1 - share), 0) / (q - 1);
  const agreements = rows.map(({ counts, raters }) =>
    raters < 2 ? 0 : counts.reduce((sum, count) => sum + count * (count - 1), 0) / (raters * (raters - 1)),
  );
  const observed = agreements.reduce((a, b) => a + b, 0) / paired;
  const ac1 = (observed - chance) / (1 - chance);
  if (items < 2) return { ac1, se: null, reason: "one item has no spread" };
  const squares = rows.reduce((sum, { counts, raters }, i) => {
    const own = raters < 2 ? 0 : (items / paired) * (((agreements[i] ?? 0) - chance) / (1 - chance));
    const ownChance = counts.reduce((acc, count, c) => acc + count * (1 - (shares[c] ?? 0)), 0) / raters / (q - 1);
    return sum + (own - (2 * (1 - ac1) * (ownChance - chance)) / (1 - chance) - ac1) ** 2;
  }, 0);
  return { ac1, se: Math.sqrt(squares / (items * (items - 1))) };
}
