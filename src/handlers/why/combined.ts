import { cubeBuilder } from "../../insights/drivers/cube.ts";
import { type Explanation, explainCube, REAL_BELOW, type RegionPart } from "../../insights/drivers/explain-cube.ts";
import { limits } from "../../kernel/limits.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import type { Question } from "../../kernel/question.ts";
import type { MeasuredRow, Measurement } from "../../queries/measure.ts";
import type { Asking } from "../asking.ts";
import { valueName } from "../names.ts";
import { NOTHING, type Side, sideOf } from "./sides.ts";
import type { Explained } from "./splits.ts";

/** Combined segments that moved the number, as a small set. */
export interface Combined {
  /** The most telling first. */
  readonly dimensions: readonly string[];
  /** Every combination that occurs, by its names in the order of the dimensions. */
  readonly cells: readonly { readonly names: readonly string[]; readonly before: Side; readonly after: Side }[];
  readonly explanation: Explanation;
  readonly parts: readonly RegionPart[];
  readonly sql: readonly SqlRecord[];
}

/**
 * Looks for segments of two or three dimensions at once, in one more query over the most telling splits. Null where fewer than two splits
 * moved, where the rows are too many, or where no combination stands out.
 */
export async function readCombined(
  plain: Question,
  explained: readonly Explained[],
  asking: Asking,
): Promise<Combined | null> {
  const dimensions = explained
    .map((one) => ({ dimension: one.dimension, p: Math.min(...[...one.tests.values()].map((test) => test.q)) }))
    .filter(({ p }) => p < REAL_BELOW)
    .sort((a, b) => a.p - b.p)
    .slice(0, limits.partDimensionsMax)
    .map(({ dimension }) => dimension);
  if (dimensions.length < 2) return null;
  const context = { catalog: asking.catalog, now: asking.now, zone: asking.zone, asParts: true as const };
  const measured = await asking.measure({ ...plain, by: dimensions }, context);
  if (!measured.ok || measured.value.compare === null) return null;
  const cells = cellsOf(measured.value, dimensions, asking);
  const explanation = cells && explain(cells, dimensions, caseScale(measured.value.rows));
  if (!cells || !explanation) return null;
  const parts = explanation.segments.filter((part) => part.q < REAL_BELOW && isNameable(part));
  return { dimensions, cells, explanation, parts, sql: measured.value.sql };
}

type Cells = Combined["cells"];

/** Both periods by combination; null where a state is no ratio of sums. */
function cellsOf({ rows, compare }: Measurement, dimensions: readonly string[], asking: Asking): Cells | null {
  const cells = new Map<string, Cells[number]>();
  for (const [period, own] of [
    ["after", rows],
    ["before", compare ?? []],
  ] as const)
    for (const row of own) {
      const side = row.flags.includes("no_data") ? NOTHING : sideOf(row.state);
      if (side === null) return null;
      const names = dimensions.map((dimension) => valueName(row.key[dimension], asking));
      const known = cells.get(names.join("\n")) ?? { names, before: NOTHING, after: NOTHING };
      cells.set(names.join("\n"), { ...known, [period]: side });
    }
  return [...cells.values()];
}

function explain(cells: Cells, dimensions: readonly string[], scale: number): Explanation | null {
  const isRate = cells.some(({ before, after }) => before.weight > 0 || after.weight > 0);
  const builder = cubeBuilder(dimensions);
  for (const cell of cells)
    for (const period of ["after", "before"] as const) {
      const { hits, weight } = cell[period];
      builder.add({ values: cell.names, period, hits: hits * scale, weight: isRate ? weight * scale : null });
    }
  return explainCube(builder.build());
}

/** Weighted samples are counted in cases of equal say (Kish), or their evidence would be that of the population. */
function caseScale(rows: readonly MeasuredRow[]): number {
  let [sum, squares] = [0, 0];
  for (const { state } of rows) {
    if (state.kind !== "weighted") return 1;
    sum += state.sw;
    squares += state.sw2;
  }
  return squares > 0 ? sum / squares : 1;
}

const isNameable = ({ segment: { before, after } }: RegionPart): boolean =>
  [before.weight || before.hits, after.weight || after.hits].every((n) => n === 0 || n >= limits.cellMin);
