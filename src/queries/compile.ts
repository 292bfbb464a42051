import type {
  CatalogSql,
  CountMeasure,
  LifetimesMeasure,
  MeanMeasure,
  PairsMeasure,
  PlainMeasure,
  ProportionMeasure,
  RatioMeasure,
  SumMeasure,
  WeightedMeasure,
} from "../catalog/definition.ts";
import { BIN_GAMMA } from "../kernel/duration-bins.ts";
import { compileOpen } from "./compile-open.ts";
import { dimensionOf, expression, filterConditions, type Scope, scopedRows } from "./compile-scope.ts";
import { bucketKey } from "./local-clock.ts";
import { type Query, readCells, readPairs } from "./read-cells.ts";
import { groupedBy, readOwn, rowLimit, setColumn, sharedScope } from "./sets.ts";
import { arrayOf, float, instant, secondsBetween, text, whole } from "./spelling.ts";
import { all, ident, join, nothing, type SqlText, sql } from "./sql.ts";

/**
 * A measure in a scope as one statement: one row per combination of split values and bucket that has rows of the fact. Where several splits
 * are asked in one pass, the statement is theirs too, and each reads its own rows of it.
 */
export function compile(measure: PlainMeasure, scope: Scope): Query {
  const shared = sharedScope(measure, scope);
  return shared ? readOwn(compileOne(measure, shared), shared, scope) : compileOne(measure, scope);
}

function compileOne(measure: PlainMeasure, scope: Scope): Query {
  switch (measure.kind) {
    case "count":
      return plain(scope, countText(measure, scope), "count");
    case "sum":
      return plain(scope, sumText(measure, scope), "sum");
    case "ratio":
      return plain(scope, ratioText(measure, scope), "ratio");
    case "proportion":
      return plain(scope, proportionText(measure, scope), "proportion");
    case "mean":
      return plain(scope, meanText(measure, scope), "mean");
    case "weighted":
      return plain(scope, weightedText(measure, scope), "weighted");
    case "lifetimes":
      return plain(scope, lifetimesText(measure, scope), "lifetimes");
    case "pairs":
      return { text: pairsText(measure, scope), source: "events", read: (rows) => readPairs(rows, scope.by.length) };
    case "open":
      return compileOpen(measure, scope);
    default:
      return measure satisfies never;
  }
}

const plain = (scope: Scope, text: SqlText, kind: Parameters<typeof readCells>[2]): Query => ({
  text,
  source: "events",
  read: (rows) => readCells(rows, scope.by.length, kind),
});

type Scoped = Exclude<PlainMeasure, { kind: "open" }>;

/** The rows of a measure with the given value columns; its own `where` narrows them. */
function rowsOf(
  measure: Scoped,
  scope: Scope,
  columns: readonly SqlText[],
  used: readonly (CatalogSql | null)[],
): SqlText {
  const where = measure.where ? [expression(measure.where, scope)] : [];
  return scopedRows(scope, measure.on, columns, [measure.where, ...used], where);
}

const grainOf = (scope: Scope) => (scope.when.kind === "period" ? scope.when.grain : "total");

/** `k1, k2, bucket` as result columns and as what is grouped by. */
export function groups(scope: Scope): {
  readonly shown: readonly SqlText[];
  readonly by: SqlText;
  readonly names: readonly SqlText[];
} {
  const keys = scope.by.map((_, index) => ident(`k${index + 1}`));
  const bucket = bucketKey(grainOf(scope));
  const names = bucket ? [...keys, sql`rows.bucket`] : keys;
  return {
    shown: [...setColumn(scope), ...(bucket ? [...keys, bucket] : keys)],
    names: bucket ? [...keys, sql`bucket`] : keys,
    by: groupedBy(scope, names),
  };
}

/** Outer select over the rows: groups and aggregates. */
function summed(scope: Scope, rows: SqlText, aggregates: SqlText): SqlText {
  const { shown, by } = groups(scope);
  return sql`select ${join([...shown, aggregates], ", ")}
    from (${rows}) rows
    ${by}
    limit ${rowLimit(scope)}`;
}

function countText(measure: CountMeasure, scope: Scope): SqlText {
  const stands = measure.rows ? expression(measure.rows, scope) : sql`1`;
  const rows = rowsOf(measure, scope, [sql`${stands} as stands_for`], [measure.rows]);
  return summed(scope, rows, sql`${total(sql`stands_for`)} as n`);
}

const total = (column: SqlText): SqlText => float(sql`coalesce(sum(${column}), 0)`);

/** Amounts are summed as doubles: a sum of `real` columns would be kept to seven digits. */
const amount = (expr: CatalogSql, scope: Scope): SqlText => float(sql`(${expression(expr, scope)})`);

function sumText(measure: SumMeasure, scope: Scope): SqlText {
  const rows = rowsOf(measure, scope, [sql`${amount(measure.expr, scope)} as amount`], [measure.expr]);
  return summed(scope, rows, sql`${total(sql`amount`)} as sum, ${float(sql`count(amount)`)} as n`);
}

function ratioText(measure: RatioMeasure, scope: Scope): SqlText {
  const { numerator, denominator } = measure;
  const columns = [sql`${amount(numerator, scope)} as numerator`, sql`${amount(denominator, scope)} as denominator`];
  const rows = rowsOf(measure, scope, columns, [numerator, denominator]);
  return summed(
    scope,
    rows,
    sql`${total(sql`numerator`)} as numerator, ${total(sql`denominator`)} as denominator, ${float(sql`count(*)`)} as n`,
  );
}

function proportionText(measure: ProportionMeasure, scope: Scope): SqlText {
  const { hit, hits, rows: stands } = measure;
  const x = hit ? sql`case when ${expression(hit, scope)} then 1 else 0 end` : expression(hits as CatalogSql, scope);
  const n = stands ? expression(stands, scope) : sql`1`;
  const rows = rowsOf(measure, scope, [sql`${x} as hits`, sql`${n} as stands_for`], [hit, hits, stands]);
  return summed(scope, rows, sql`${total(sql`hits`)} as x, ${total(sql`stands_for`)} as n`);
}

/** The log-spaced bin of seconds; the same formula as `binOf`. */
export const binOf = (seconds: SqlText): SqlText =>
  whole(sql`floor(ln(greatest(${seconds}, 1)) / ln(${float(sql`${BIN_GAMMA}`)}))`);

function meanText(measure: MeanMeasure, scope: Scope): SqlText {
  const value = sql`${amount(measure.expr, scope)} as amount`;
  const rows = rowsOf(measure, scope, [value], [measure.expr]);
  if (!measure.bins) {
    return summed(
      scope,
      rows,
      sql`${float(sql`count(amount)`)} as n, coalesce(sum(amount), 0) as sum, coalesce(sum(amount * amount), 0) as sumsq`,
    );
  }
  return binned(
    scope,
    sql`select *, ${binOf(sql`amount`)} as bin from (${rows}) valued where amount is not null`,
    sql`${float(sql`count(*)`)} as events, ${float(sql`0`)} as censored, sum(amount) as seconds, sum(amount * amount) as squares`,
    sql`coalesce(sum(events), 0) as n, coalesce(sum(seconds), 0) as sum, coalesce(sum(squares), 0) as sumsq`,
  );
}

/** Sums per bin first, then the bins of a group as arrays: one row a group, however long its tail. */
function binned(scope: Scope, rows: SqlText, perBin: SqlText, extra: SqlText): SqlText {
  const { names } = groups(scope);
  const inSets = scope.grouping ? [sql`set_id`] : [];
  const outer = [...inSets, ...groupNames(scope)];
  const bucket = bucketKey(grainOf(scope));
  const shown = [...inSets, ...scope.by.map((_, index) => ident(`k${index + 1}`)), ...(bucket ? [bucket] : [])];
  return sql`select ${join([...shown, extra], ", ")},
      ${arrayOf(float(sql`bin`), sql`bin`)} as bins, ${arrayOf(sql`events`, sql`bin`)} as events,
      ${arrayOf(sql`censored`, sql`bin`)} as censored, ${arrayOf(sql`seconds`, sql`bin`)} as seconds
    from (
      select ${join([...setColumn(scope), ...names, sql`bin`, perBin], ", ")}
      from (${rows}) binned
      ${groupedBy(scope, [...names, sql`bin`])}
    ) rows
    ${outer.length === 0 ? nothing : sql`group by ${join(outer, ", ")}`}
    limit ${rowLimit(scope)}`;
}

const groupNames = (scope: Scope): SqlText[] => [
  ...scope.by.map((_, index) => ident(`k${index + 1}`)),
  ...(grainOf(scope) === "total" ? [] : [sql`rows.bucket`]),
];

/** A row with an event by the watermark counts with its duration, any other as censored where it was last seen open. */
function lifetimesText(measure: LifetimesMeasure, scope: Scope): SqlText {
  const through = instant(scope.through);
  const [from, event] = [expression(measure.from, scope), expression(measure.event, scope)];
  const seen = measure.censor
    ? sql`least(coalesce(${expression(measure.censor, scope)}, ${through}), ${through})`
    : through;
  const happened = sql`coalesce(${event} <= ${through}, false)`;
  const until = sql`(case when ${happened} then ${event} else ${seen} end)`;
  const seconds = sql`greatest(${secondsBetween(from, until)}, 0)`;
  const known = scopedRows(
    scope,
    measure.on,
    [sql`${happened} as happened`, sql`${seconds} as seconds`],
    [measure.where, measure.from, measure.event, measure.censor],
    [...(measure.where ? [expression(measure.where, scope)] : []), sql`${from} <= ${through}`],
  );
  return binned(
    scope,
    sql`select *, ${binOf(sql`seconds`)} as bin from (${known}) lived`,
    sql`${float(sql`count(*) filter (where happened)`)} as events,
        ${float(sql`count(*) filter (where not happened)`)} as censored,
        coalesce(sum(seconds) filter (where happened), 0) as seconds`,
    sql`coalesce(sum(events), 0) as n`,
  );
}

/** Σw, Σwy, Σw², Σw²y over the labelled rows that the share is over, and how many of the drawn labels are in. */
function weightedText(measure: WeightedMeasure, scope: Scope): SqlText {
  const { weight, labelled, among, hit } = measure;
  const narrowing = filterConditions(scope, ({ narrowsHit }) => narrowsHit);
  const isHit = all([expression(hit, scope), ...narrowing]);
  const narrowed = scope.by.find((id) => dimensionOf(scope, id).narrowsHit);
  const columns = [
    sql`${float(sql`(${expression(weight, scope)})`)} as w`,
    sql`(${expression(labelled, scope)}) as labelled`,
    sql`coalesce(${among ? expression(among, scope) : sql`true`}, false) as among`,
    sql`coalesce(${isHit}, false) as hit`,
    ...(narrowed ? [sql`${text(expression(dimensionOf(scope, narrowed).expr, scope))} as narrowed`] : []),
  ];
  const rows = rowsOf(measure, scope, columns, [weight, labelled, among, hit]);
  return narrowed ? narrowedText(scope, narrowed, rows) : summed(scope, rows, weightedSums(sql`hit`));
}

const weightedSums = (hit: SqlText): SqlText => {
  const over = sql`labelled and among`;
  return sql`coalesce(sum(w) filter (where ${over}), 0) as sw, coalesce(sum(w) filter (where ${over} and ${hit}), 0) as swy,
      coalesce(sum(w * w) filter (where ${over}), 0) as sw2, coalesce(sum(w * w) filter (where ${over} and ${hit}), 0) as sw2y,
      ${float(sql`count(*) filter (where ${over})`)} as n, ${float(sql`count(*) filter (where ${over} and ${hit})`)} as x,
      ${float(sql`count(*)`)} as drawn, ${float(sql`count(*) filter (where labelled)`)} as labels_in`;
};

/** Split by what narrows the hits: every value is over all rows of its group, not over rows of its own. */
function narrowedText(scope: Scope, narrowed: string, rows: SqlText): SqlText {
  const position = scope.by.indexOf(narrowed);
  const kept = scope.by.filter((id) => id !== narrowed).map((_, index) => ident(`k${index + 1}`));
  const value = sql`split.value as ${ident(`k${position + 1}`)}`;
  const shownKeys = scope.by.map((id, index) =>
    id === narrowed ? value : sql`rows.${kept[0] ?? nothing} as ${ident(`k${index + 1}`)}`,
  );
  const bucket = bucketKey(grainOf(scope));
  const by = [...kept.map((name) => sql`rows.${name}`), sql`split.value`, ...(bucket ? [sql`rows.bucket`] : [])];
  return sql`with sampled as materialized (${rows})
    select ${join([...shownKeys, ...(bucket ? [bucket] : []), weightedSums(sql`hit and rows.narrowed is not distinct from split.value`)], ", ")}
    from sampled rows
    cross join (select distinct narrowed as value from sampled where labelled and among and hit) split
    group by ${join(by, ", ")}
    limit ${rowLimit(scope)}`;
}

/** Per item its labels, then the count of items by the pair of ratings; items without exactly two labels only tell what was drawn. */
function pairsText(measure: PairsMeasure, scope: Scope): SqlText {
  const { item, rater, rating, labelled } = measure;
  const columns = [
    sql`${expression(item, scope)} as item`,
    sql`${expression(rater, scope)} as rater`,
    sql`${text(expression(rating, scope))} as rating`,
    sql`(${expression(labelled, scope)}) as labelled`,
  ];
  const rows = rowsOf(measure, scope, columns, [item, rater, rating, labelled]);
  const { shown, names } = groups(scope);
  return sql`select ${join([...shown, sql`a, b`], ", ")},
      ${float(sql`count(*) filter (where a is not null)`)} as items,
      ${float(sql`coalesce(sum(drawn) filter (where drawn > 1), 0)`)} as drawn,
      ${float(sql`coalesce(sum(labels_in) filter (where drawn > 1), 0)`)} as labels_in
    from (
      select ${join([...names, sql`drawn, labels_in`], ", ")},
        case when labels_in = 2 and raters = 2 then lowest end as a, case when labels_in = 2 and raters = 2 then highest end as b
      from (
        select ${join(names.length > 0 ? [...names, sql`item`] : [sql`item`], ", ")}, count(*) as drawn,
          count(*) filter (where labelled) as labels_in, count(distinct rater) filter (where labelled) as raters,
          min(rating) filter (where labelled) as lowest, max(rating) filter (where labelled) as highest
        from (${rows}) labels
        group by ${join([...names, sql`item`], ", ")}
      ) items
    ) rows
    group by ${join([...groupNames(scope), sql`a, b`], ", ")}
    limit ${rowLimit(scope)}`;
}
