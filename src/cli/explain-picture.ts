import { type Explanation, type Part, REAL_BELOW } from "../insights/drivers/explain-cube.ts";
import type { ChartUnit, WaterfallSpec, WaterfallStep } from "../kernel/chart-spec.ts";

/** Values of one attribute drawn by name, where no combination stands out; the others are one step. */
const VALUES_MAX = 8;

/** The change of a table as a waterfall: over the segments that moved it and everything else, or over the values of the most telling column. */
export function explainPicture(
  made: Explanation,
  subtitle: string,
  names: { before: string; after: string },
): WaterfallSpec {
  const { before, after, isRate } = made;
  const isShare = isRate && Math.max(before, after) <= 1;
  const unit: ChartUnit = isShare
    ? "percent"
    : Number.isInteger(before) && Number.isInteger(after)
      ? "count"
      : "number";
  const steps = stepsOf(made);
  const [split] = made.splits;
  const over = made.segments.length > 0 || !split ? "" : ` · by ${split.attribute}`;
  return {
    kind: "waterfall",
    title: titleOf(made, isShare),
    subtitle: `${subtitle}${over}`,
    unit,
    locale: "en-GB",
    ...(steps.some(({ faint }) => faint) ? { note: "Pale: by itself within noise" } : {}),
    from: { label: names.before, value: before },
    steps,
    to: { label: names.after, value: after },
  };
}

function stepsOf({ segments, against, rest, splits, change }: Explanation): WaterfallStep[] {
  const regions = [...segments, ...against];
  if (regions.length > 0)
    return [
      ...regions.map((part) => stepOf(Object.values(part.where).join(" · "), part)),
      { label: "everything else", effect: rest.total },
    ];
  const parts = splits[0]?.parts ?? [];
  const [shown, others] = [parts.slice(0, VALUES_MAX), parts.slice(VALUES_MAX)];
  const sign = change < 0 ? -1 : 1;
  return [
    ...shown.map((part) => stepOf(part.name, part)).sort((a, b) => sign * (b.effect - a.effect)),
    ...(others.length > 0
      ? [{ label: `${others.length} others`, effect: others.reduce((sum, { total }) => sum + total, 0) }]
      : []),
  ];
}

const stepOf = (label: string, { total, q }: Part): WaterfallStep => ({
  label,
  effect: total,
  ...(q < REAL_BELOW ? {} : { faint: true }),
});

function titleOf({ isRate, before, after, test, segments }: Explanation, isShare: boolean): string {
  const value = (level: number): string =>
    isShare ? `${(100 * level).toFixed(2)} %` : String(Number(level.toPrecision(5)));
  const moved = `${isRate ? "Rate" : "Amount"} ${value(before)} → ${value(after)}`;
  if (test.p >= REAL_BELOW) return `${moved}, within noise`;
  const [first] = segments;
  return first ? `${moved}, mostly by ${Object.values(first.where).join(" · ")}` : moved;
}
