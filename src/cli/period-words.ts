/** What `--before` and `--after` name: values of the period column, separated by commas, or a range `FROM..TO` with both ends. */
export interface PeriodWords {
  readonly text: string;
  readonly values: ReadonlySet<string>;
  readonly ranges: readonly { readonly from: string; readonly to: string }[];
}

export function periodWords(text: string): PeriodWords {
  const parts = text.split(",").map((part) => part.trim());
  const ranges = parts.flatMap((part) => {
    const [from, to] = part.split("..").map((end) => end.trim());
    return from !== undefined && to !== undefined && part.includes("..") ? [{ from, to }] : [];
  });
  return { text, values: new Set(parts), ranges };
}

/** Numbers compare as numbers, all else as text, so that days and instants in ISO form fall into their ranges; a day holds its instants. */
export function isWithin(stamp: string, { values, ranges }: PeriodWords): boolean {
  return (
    values.has(stamp) ||
    ranges.some(({ from, to }) => !isBefore(stamp, from) && !isBefore(to, stamp.slice(0, to.length)))
  );
}

function isBefore(a: string, b: string): boolean {
  const [x, y] = [Number(a), Number(b)];
  return a !== "" && b !== "" && Number.isFinite(x) && Number.isFinite(y) ? x < y : a < b;
}
