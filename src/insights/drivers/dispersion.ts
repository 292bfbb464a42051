/** Median of χ² with one degree of freedom. */
const CHI2_MEDIAN = 0.4549;
/** Leaves below this many expected hits say nothing about dispersion; nor do fewer leaves than this. Amounts have no unit but theirs. */
const EXPECTED_MIN = 1;
const LEAVES_MIN = 20;
const AMOUNTS_MIN = 4;

/**
 * How much more (or, of amounts, in which unit) hits vary than Poisson counts: the median of (K − E)²/E over the leaves, against its value
 * under Poisson; the median, for the leaves that moved are outliers of it. 1 where too few leaves tell.
 */
export function dispersionOf(observed: Float64Array, expected: Float64Array): number {
  const squares: number[] = [];
  const least = isInteger(observed) ? EXPECTED_MIN : 0;
  for (let leaf = 0; leaf < observed.length; leaf += 1) {
    const awaited = expected[leaf] as number;
    if (awaited > least) squares.push(((observed[leaf] as number) - awaited) ** 2 / awaited);
  }
  if (squares.length < (isInteger(observed) ? LEAVES_MIN : AMOUNTS_MIN)) return 1;
  squares.sort((a, b) => a - b);
  const middle = (squares[squares.length >> 1] as number) / CHI2_MEDIAN;
  return isInteger(observed) ? Math.max(1, middle) : Math.max(middle, Number.EPSILON);
}

const isInteger = (values: Float64Array): boolean => values.every((value) => Number.isInteger(value));
