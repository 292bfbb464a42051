import { cubeBuilder } from "../../insights/drivers/cube.ts";
import { type Explanation, explainCube, REAL_BELOW, type RegionPart } from "../../insights/drivers/explain-cube.ts";
import { limits } from "../../kernel/limits.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import type { Question } from "../../kernel/question.ts";
import type { MeasuredRow, Measurement } from "../../queries/measure.ts";
import type { Asking } from "../asking.ts";
import { valueName } from "../names.ts";
import { NOTHING, sideOf } from "./sides.ts";
import type { Explained } from "./splits.ts";

/** Combined segments that moved the number, as a small set. */
export interface Combined {
  readonly dimensions: readonly string[];
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
  const explanation = explain(measured.value, dimensions, asking);
  if (!explanation) return null;
  const parts = explanation.segments.filter((part) => part.q < REAL_BELOW && isNameable(part));
  return { dimensions, explanation, parts, sql: measured.value.sql };
}

function explain(measurement: Measurement, dimensions: readonly string[], asking: Asking): Explanation | null {
  const rows = [...sided(measurement.rows, "after" as const), ...sided(measurement.compare ?? [], "before" as const)];
  if (rows.some(({ side }) => side === null)) return null;
  const isRate = rows.some(({ side }) => (side?.weight ?? 0) > 0);
  const scale = caseScale(measurement.rows);
  const builder = cubeBuilder(dimensions);
  for (const { row, period, side } of rows)
    builder.add({
      values: dimensions.map((dimension) => valueName(row.key[dimension], asking)),
      period,
      hits: (side?.hits ?? 0) * scale,
      weight: isRate ? (side?.weight ?? 0) * scale : null,
    });
  return explainCube(builder.build());
}

const sided = (rows: readonly MeasuredRow[], period: "before" | "after") =>
  rows.map((row) => ({ row, period, side: row.flags.includes("no_data") ? NOTHING : sideOf(row.state) }));

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
