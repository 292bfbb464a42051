import type { Metric } from "../../catalog/catalog.ts";
import { formatDifference } from "../../chat/format.ts";
import { subsets } from "../../insights/drivers/cuboids.ts";
import { decomposeCount, decomposeRate } from "../../insights/drivers/decompose.ts";
import type { HeatSpec } from "../../kernel/chart-spec.ts";
import { limits } from "../../kernel/limits.ts";
import type { Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { echoOf } from "../echo.ts";
import { metricName } from "../names.ts";
import { chartUnit } from "../pictures.ts";
import type { Combined } from "./combined.ts";
import { addSides, NOTHING, type Side } from "./sides.ts";

/** Rows and columns of one picture; what is beyond goes into "other". */
const NAMES_MAX = 10;

/** A picture is drawn where at least this share of all combinations occurs: of a queue and its own kind of content it would be a diagonal. */
const OCCURRING_MIN = 0.6;
/** … and where this share of them may be shown. */
const SHOWN_MIN = 0.5;

/**
 * What each combination of two telling dimensions brings of the change: of the first pair whose combinations mostly occur. Null where there is
 * none, or nothing may be shown.
 */
export function effectsHeat(
  { dimensions, cells }: Combined,
  plain: Question,
  metric: Metric,
  zone: string | null,
  asking: Asking,
): HeatSpec | null {
  for (const pair of subsets(dimensions.length, 2).filter(({ length }) => length === 2)) {
    const grid = gridOf(cells, pair, asking.say("other"));
    if (grid)
      return heatOf(
        grid,
        pair.map((at) => dimensions[at] ?? ""),
        plain,
        metric,
        zone,
        asking,
      );
  }
  return null;
}

function heatOf(
  { rows, columns, values, change, top, isTurned, hides }: Grid,
  dimensions: readonly string[],
  plain: Question,
  metric: Metric,
  zone: string | null,
  asking: Asking,
): HeatSpec {
  const by = isTurned ? [...dimensions].reverse() : [...dimensions];
  const difference = (value: number): string => formatDifference(value, metric.unit, asking.locale);
  const whole = difference(change);
  return {
    kind: "heat",
    signed: true,
    title: asking.say("why.heat.title", {
      metric: metricName(asking.catalog, metric.id, asking.language),
      names: top.names.join(" · "),
      effect: difference(top.effect),
      whole,
    }),
    subtitle: echoOf({ ...plain, metrics: [metric.id], by }, asking, zone).replace(/^[^:：]*[:：]\s*/, ""),
    unit: chartUnit(metric.unit),
    locale: asking.locale,
    note: [asking.say("why.heat.note", { whole }), ...(hides ? [asking.say("chart.note.hatched")] : [])].join(" · "),
    xLabels: columns,
    yLabels: rows,
    values,
  };
}

interface Grid {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** values[row][column]; null = too small to be shown, or no case at all. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly change: number;
  readonly top: TopCell;
  /** The second dimension is upright. */
  readonly isTurned: boolean;
  readonly hides: boolean;
}

function gridOf(cells: Combined["cells"], [first = 0, second = 1]: readonly number[], other: string): Grid | null {
  const folded = foldedCells(cells, first, second, other);
  const effects = effectsOf(folded);
  if (!effects) return null;
  const [one, two] = [namesOf(folded, effects, 0), namesOf(folded, effects, 1)];
  if (one.length < 2 || two.length < 2 || folded.length < OCCURRING_MIN * one.length * two.length) return null;
  // The names with fewer letters stand beside one another.
  const isTurned = longest(one) < longest(two);
  const [rows, columns] = isTurned ? [two, one] : [one, two];
  const keyOf: KeyOf = (row, column) => keyOfNames(isTurned ? [column, row] : [row, column]);
  const hidden = hiddenCells(new Map(folded.map((cell) => [keyOfNames(cell.names), cell])), rows, columns, keyOf);
  const shown = (key: string): number | null => (hidden.has(key) ? null : (effects.byCell.get(key) ?? null));
  const values = rows.map((row) => columns.map((column) => shown(keyOf(row, column))));
  const known = values.flat().filter((value) => value !== null).length;
  if (known < SHOWN_MIN * rows.length * columns.length) return null;
  const top = topCell(rows, columns, values, effects.change);
  const hides = values.flat().includes(null);
  return top && { rows, columns, values, change: effects.change, top, isTurned, hides };
}

type KeyOf = (row: string, column: string) => string;
interface PairCell {
  readonly names: readonly [string, string];
  readonly before: Side;
  readonly after: Side;
}
const keyOfNames = (names: readonly string[]): string => names.join("\n");
const longest = (names: readonly string[]): number => Math.max(...names.map((name) => name.length));

/** Over two dimensions; of each the values with the most rows, the others as one. */
function foldedCells(cells: Combined["cells"], first: number, second: number, other: string): PairCell[] {
  const kept = [first, second].map((at) => largest(cells, at));
  const sums = new Map<string, PairCell>();
  for (const { names, before, after } of cells) {
    const [one = other, two = other] = [first, second].map((at, index) =>
      kept[index]?.has(names[at] ?? "") ? names[at] : other,
    );
    const known = sums.get(keyOfNames([one, two])) ?? { names: [one, two], before: NOTHING, after: NOTHING };
    sums.set(keyOfNames([one, two]), {
      names: known.names,
      before: addSides(known.before, before),
      after: addSides(known.after, after),
    });
  }
  return [...sums.values()];
}

function largest(cells: Combined["cells"], at: number): ReadonlySet<string> {
  const sizes = new Map<string, number>();
  for (const { names, before, after } of cells)
    sizes.set(names[at] ?? "", (sizes.get(names[at] ?? "") ?? 0) + before.n + after.n);
  const ranked = [...sizes].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return new Set(ranked.length > NAMES_MAX ? ranked.slice(0, NAMES_MAX - 1) : ranked);
}

interface Effects {
  readonly change: number;
  readonly byCell: ReadonlyMap<string, number>;
}

function effectsOf(cells: readonly PairCell[]): Effects | null {
  const isRate = cells.some(({ before, after }) => before.weight > 0 || after.weight > 0);
  const segments = cells.map(({ names, before, after }) => ({ name: keyOfNames(names), before, after }));
  const made = isRate ? decomposeRate(segments) : decomposeCount(segments);
  return made && { change: made.change, byCell: new Map(made.effects.map(({ name, total }) => [name, total])) };
}

/** The names of one dimension, those that bring most first. */
function namesOf(cells: readonly PairCell[], { change, byCell }: Effects, at: 0 | 1): string[] {
  const sums = new Map<string, number>();
  for (const { names } of cells) sums.set(names[at], (sums.get(names[at]) ?? 0) + (byCell.get(keyOfNames(names)) ?? 0));
  const sign = change < 0 ? -1 : 1;
  return [...sums].sort(([, a], [, b]) => sign * (b - a)).map(([name]) => name);
}

/**
 * Cells too small to be shown, and in each row and column with but one of them the next smallest, so that none can be worked out from the
 * effect of its row (complementary suppression, Cox 1980).
 */
function hiddenCells(
  cells: ReadonlyMap<string, PairCell>,
  rows: readonly string[],
  columns: readonly string[],
  keyOf: KeyOf,
): Set<string> {
  const isSmall = ({ before, after }: PairCell): boolean =>
    [before.n, after.n].some((n) => n > 0 && n < limits.cellMin);
  const hidden = new Set([...cells].filter(([, cell]) => isSmall(cell)).map(([key]) => key));
  const lines = [
    ...rows.map((row) => columns.map((column) => keyOf(row, column))),
    ...columns.map((column) => rows.map((row) => keyOf(row, column))),
  ].map((keys) => keys.filter((key) => cells.has(key)));
  const size = (key: string): number => Math.min(cells.get(key)?.before.n ?? 0, cells.get(key)?.after.n ?? 0);
  for (let before = -1; before !== hidden.size; ) {
    before = hidden.size;
    for (const keys of lines) {
      if (keys.filter((key) => hidden.has(key)).length !== 1) continue;
      const [next] = keys.filter((key) => !hidden.has(key)).sort((a, b) => size(a) - size(b));
      if (next !== undefined) hidden.add(next);
    }
  }
  return hidden;
}

interface TopCell {
  readonly names: readonly string[];
  readonly effect: number;
}

/** The cell that brings most of the change. */
function topCell(
  rows: readonly string[],
  columns: readonly string[],
  values: readonly (readonly (number | null)[])[],
  change: number,
): TopCell | null {
  const cells = rows.flatMap((row, y) =>
    columns.flatMap((column, x) => {
      const effect = values[y]?.[x] ?? null;
      return effect === null ? [] : [{ names: [row, column], effect }];
    }),
  );
  const sign = change < 0 ? -1 : 1;
  const [top] = cells.sort((a, b) => sign * (b.effect - a.effect));
  return top && top.effect * sign > 0 ? top : null;
}
