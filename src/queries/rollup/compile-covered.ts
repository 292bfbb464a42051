import type { Catalog } from "../../catalog/catalog.ts";
import type { PlainMeasure } from "../../catalog/definition.ts";
import type { Period } from "../../kernel/question.ts";
import { compile } from "../compile.ts";
import { expression, type Scope } from "../compile-scope.ts";
import type { CompileMeasure } from "../compose.ts";
import type { Query } from "../read-cells.ts";
import { type SqlText, sql } from "../sql.ts";
import { HOUR } from "./calendar.ts";
import { compileRollup } from "./compile-rollup.ts";
import { type Cover, coverOf } from "./cover.ts";
import type { RollupState } from "./state.ts";
import { pendingTable } from "./store.ts";
import type { Streams } from "./streams.ts";

/** From cells where they cover the question, from events where not: the parts are of disjoint rows, so they add. */
export const compileCovered =
  (streams: Streams, state: RollupState, catalog: Catalog): CompileMeasure =>
  (measure, scope) => {
    const cover = coverOf(measure, scope, streams, state, catalog.zoned);
    if (!cover) return [compile(measure, scope)];
    return [
      compileRollup(cover, scope),
      ...cover.events.map((period) => compile(measure, within(scope, period))),
      ...(cover.reading.dependsOnWatermark
        ? cover.rolledPeriods.map((period) => pending(measure, scope, cover, period))
        : []),
    ];
  };

const within = (scope: Scope, period: Period): Scope =>
  scope.when.kind === "period" ? { ...scope, when: { ...scope.when, period } } : scope;

/** The rows that the cells leave out because the watermark still decides about them, read as they stand now. */
function pending(measure: PlainMeasure, scope: Scope, { stream, cuboid }: Cover, period: Period): Query {
  const on = expression(stream.on, scope);
  const dayIn = (zone: SqlText): SqlText =>
    sql`${expression(`${stream.fact.alias}.rollup_day` as never, scope)} = (${on} at time zone ${zone})::date`;
  const ofDay =
    cuboid.calendar === HOUR
      ? dayIn(sql`'UTC'`)
      : scope.zoning.kind === "own"
        ? dayIn(sql`coalesce(own_day.zone, ${scope.zoning.zone}::text)`)
        : dayIn(sql`${scope.zoning.zone}::text`);
  const fact = { ...stream.fact, table: pendingTable(stream) };
  const query = compile(measure, { ...within(scope, period), fact, ofDay });
  return { ...query, source: "rollup" };
}
