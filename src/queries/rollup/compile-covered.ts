import type { Catalog } from "../../catalog/catalog.ts";
import type { PlainMeasure } from "../../catalog/definition.ts";
import type { Period } from "../../kernel/question.ts";
import { compile } from "../compile.ts";
import { clockOf, expression, type Scope } from "../compile-scope.ts";
import type { CompileMeasure } from "../compose.ts";
import { clockOfZone, localDay } from "../local-clock.ts";
import type { Query } from "../read-cells.ts";
import { instant } from "../spelling.ts";
import { ident, type SqlText, sql } from "../sql.ts";
import { HOUR } from "./calendar.ts";
import { compileHours, compileRollup } from "./compile-rollup.ts";
import { type Cover, coverOf } from "./cover.ts";
import type { RollupState } from "./state.ts";
import { pendingTable } from "./store.ts";
import type { Stream, Streams } from "./streams.ts";

/** From cells where they cover the question, from events where not: the parts are of disjoint rows, so they add. */
export const compileCovered =
  (streams: Streams, state: RollupState, catalog: Catalog): CompileMeasure =>
  (measure, scope) => {
    const cover = coverOf(measure, scope, streams, state, catalog.zoned);
    if (!cover) return [compile(measure, scope)];
    const builds = ofBuilds(cover.stream, state, cover.rolled, cover.cuboid.calendar === HOUR);
    const time = expression(cover.stream.on, scope);
    return [
      ...(cover.rolled.length > 0 ? [compileRollup(cover, scope, builds)] : []),
      ...cover.hours.map((part) => compileHours(cover, part, scope, ofBuilds(cover.stream, state, [part.range], true))),
      ...cover.events.map(({ period, since }) =>
        compile(measure, {
          ...within(scope, period),
          ...(since !== null && { only: [sql`${time} >= ${instant(since)}`] }),
        }),
      ),
      ...(cover.reading.dependsOnWatermark
        ? cover.rolledPeriods.map((period) => pending(measure, scope, cover, period, builds))
        : []),
    ];
  };

const within = (scope: Scope, period: Period): Scope =>
  scope.when.kind === "period" ? { ...scope, when: { ...scope.when, period } } : scope;

/** The rows that the cells leave out because the watermark still decides about them, read as they stand now. */
function pending(
  measure: PlainMeasure,
  scope: Scope,
  { stream, cuboid }: Cover,
  period: Period,
  builds: readonly SqlText[],
): Query {
  const on = expression(stream.on, scope);
  const clock = cuboid.calendar === HOUR ? clockOfZone("UTC") : clockOf(on, scope, period);
  const isOfDay = sql`${ident(stream.fact.alias)}.rollup_day = ${localDay(on, clock)}`;
  const fact = { ...stream.fact, table: pendingTable(stream) };
  const query = compile(measure, { ...within(scope, period), fact, only: [isOfDay, ...builds] });
  return { ...query, source: "rollup" };
}

/** On ClickHouse: the builds of the dates that are read, for older ones may still lie beside them. */
function ofBuilds(
  stream: Stream,
  state: RollupState,
  ranges: readonly { readonly from: number; readonly to: number }[],
  isHourly: boolean,
): SqlText[] {
  const units = state.streams.get(stream.id)?.units;
  const hours = isHourly ? 24 : 1;
  const builds = new Set<number>();
  for (const { from, to } of ranges) {
    for (let day = Math.floor(from / hours); day < Math.ceil(to / hours); day += 1) {
      const build = units?.get(day)?.build ?? null;
      if (build !== null) builds.add(build);
    }
  }
  return builds.size === 0 ? [] : [sql`build in ${[...builds]}`];
}
