import { plainMeasures } from "../catalog/assemble.ts";
import type { Catalog, Fact } from "../catalog/catalog.ts";
import { limits } from "../kernel/limits.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import type { Engine } from "./engine.ts";
import { type MetricPlan, unknownValueRefusal } from "./plan.ts";
import { text } from "./spelling.ts";
import { fragment, ident, join, type SqlText, sql } from "./sql.ts";

/**
 * Asked after an empty answer: is there a filtered value of an open dimension (a model version) that the data do not have at all? Then it
 * is refused with the nearest ones; nothing found for a known value is an answer.
 */
export async function unknownOpenValue(
  engine: Engine,
  question: Question,
  plans: readonly MetricPlan[],
  catalog: Catalog,
): Promise<Refusal | null> {
  const [planned] = plans;
  const [measure] = planned ? plainMeasures(planned.metric.definition) : [];
  const fact = measure && catalog.facts.get(measure.fact);
  if (!planned || !fact) return null;
  for (const filter of planned.filters) {
    if ((catalog.dimensions.get(filter.dimension)?.values.length ?? 0) > 0) continue;
    const found = await engine.run(distinctValues(fact, filter.dimension));
    if (!found.ok) return found.error;
    if (found.value.rows.length >= limits.knownValuesMax) continue;
    const known = found.value.rows.flatMap((row) => (typeof row.value === "string" ? [row.value] : []));
    const unknown = filter.values.find((value) => !known.includes(value));
    if (unknown !== undefined && known.length > 0) return unknownValueRefusal(question, filter, unknown, known);
  }
  return null;
}

/** One row per value that the fact's table has, at most `limits.knownValuesMax`. */
function distinctValues({ definition }: Fact, dimension: string): SqlText {
  const expression = definition.dimensions[dimension]?.expr;
  if (!expression) throw new RangeError(`the fact has no dimension ${dimension}`);
  const joins = definition.joins.filter(({ table, on, optional }) => table !== null && on !== null && !optional);
  return sql`select distinct ${text(fragment(expression))} as value
    from ${ident(definition.table)} ${ident(definition.alias)}
    ${join(
      joins.map(
        ({ table, alias, on }) => sql`join ${ident(table ?? "")} ${ident(alias)} on ${on ? fragment(on) : sql`true`}`,
      ),
      "\n",
    )}
    limit ${limits.knownValuesMax}`;
}
