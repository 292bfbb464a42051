/** The unit in which an amount's errors are taken for additive: a power of Box & Cox (1964), 0 = its logarithm. */
export interface AmountUnit {
  readonly power: 0 | 0.5 | 1;
  readonly to: (amount: number) => number;
  /** Back to the amount; not below 0 where none of the values is. */
  readonly back: (value: number) => number;
}

const LOGARITHM: AmountUnit = { power: 0, to: Math.log, back: Math.exp };
const ROOT: AmountUnit = { power: 0.5, to: Math.sqrt, back: (value) => Math.max(0, value) ** 2 };
const NON_NEGATIVE: AmountUnit = { power: 1, to: (amount) => amount, back: (value) => Math.max(0, value) };
const ANY: AmountUnit = { power: 1, to: (amount) => amount, back: (value) => value };

/** The units that can hold all values; NaN where one is missing. The first is taken where the values do not say otherwise. */
export function unitsFor(values: Float64Array): readonly [AmountUnit, ...AmountUnit[]] {
  if (values.some((value) => value < 0)) return [ANY];
  return values.some((value) => value === 0) ? [ROOT, NON_NEGATIVE] : [LOGARITHM, ROOT, NON_NEGATIVE];
}

/** What changing the unit adds to the log-likelihood of an amount, so that errors in different units can be compared; 0 for a 0. */
export const jacobianOf = ({ power }: AmountUnit, amount: number): number =>
  power === 1 || !(amount > 0) ? 0 : (power - 1) * Math.log(amount) + (power === 0 ? 0 : Math.log(power));
