import { distance } from "fastest-levenshtein";
import { GRAINS, type Grain } from "../kernel/question.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import type { Catalog, Dimension, Fact, Lexicon, Metric, WatermarkSource, ZonedDimension } from "./catalog.ts";
import type { FactDefinition, MeasureDefinition, PlainMeasure } from "./definition.ts";
import type { CatalogProblem, Path, ReadFile } from "./problem.ts";
import type { DimensionEntry, FactEntry, MetricEntry } from "./schema.ts";

/** The read files as one catalog: later files replace entries of the same id, then every reference is followed. */
export function assemble(files: readonly ReadFile[], lexicon: Lexicon): Result<Catalog, CatalogProblem[]> {
  const entries = collect(files);
  const problems = new Problems(entries.locate);
  const facts = new Map<string, Fact>();
  for (const [id, entry] of entries.facts) facts.set(id, { id, definition: factDefinition(entry) });
  const dimensions = new Map<string, Dimension>();
  for (const [id, entry] of entries.dimensions) dimensions.set(id, dimension(id, entry, problems));
  for (const [id, fact] of facts) {
    for (const name of Object.keys(fact.definition.dimensions)) {
      problems.expect(dimensions, name, ["facts", id, "dimensions", name], "dimension");
    }
  }
  const metrics = new Map<string, Metric>();
  for (const [id, entry] of entries.metrics) {
    const built = metric(id, entry, { facts, entries: entries.metrics, problems });
    if (built) metrics.set(id, built);
  }
  for (const [id, entry] of entries.metrics) {
    for (const [index, shown] of entry.shows.entries()) {
      problems.expect(entries.metrics, shown, ["metrics", id, "shows", index], "metric");
    }
    for (const [index, name] of (entry.dimensions ?? []).entries()) {
      problems.expect(dimensions, name, ["metrics", id, "dimensions", index], "dimension");
    }
  }
  if (problems.found.length > 0) return err(problems.found);
  return ok({
    metrics,
    dimensions,
    facts,
    zoned: zonedDimension(entries.dimensions),
    lexicon,
    watermarks: entries.watermarks,
    locate: (path) => {
      const { file, line } = entries.locate(path);
      return { file, line };
    },
  });
}

interface Entries {
  readonly facts: Map<string, FactEntry>;
  readonly dimensions: Map<string, DimensionEntry>;
  readonly metrics: Map<string, MetricEntry>;
  readonly watermarks: WatermarkSource | null;
  readonly locate: ReadFile["locate"];
}

function collect(files: readonly ReadFile[]): Entries {
  const facts = new Map<string, FactEntry>();
  const dimensions = new Map<string, DimensionEntry>();
  const metrics = new Map<string, MetricEntry>();
  const home = new Map<string, ReadFile>();
  let watermarks: WatermarkSource | null = null;
  for (const file of files) {
    const { content } = file;
    for (const [id, entry] of Object.entries(content.facts)) facts.set(id, entry);
    for (const [id, entry] of Object.entries(content.dimensions)) dimensions.set(id, entry);
    for (const [id, entry] of Object.entries(content.metrics)) metrics.set(id, entry);
    for (const part of ["facts", "dimensions", "metrics"] as const) {
      for (const id of Object.keys(content[part])) home.set(`${part}.${id}`, file);
    }
    if (content.watermarks !== undefined) {
      const source = content.watermarks;
      watermarks = source && { table: source.table, source: source.source, completeThrough: source.complete_through };
    }
  }
  const locate = (path: Path) => {
    const file = home.get(`${path[0]}.${path[1]}`);
    return file ? file.locate(path) : { file: "catalog", line: 1, column: 1 };
  };
  return { facts, dimensions, metrics, watermarks, locate };
}

class Problems {
  readonly found: CatalogProblem[] = [];
  readonly #locate: ReadFile["locate"];

  constructor(locate: ReadFile["locate"]) {
    this.#locate = locate;
  }

  add(path: Path, message: string, instead: string): void {
    this.found.push({ ...this.#locate(path), path: path.join("."), message, instead });
  }

  /** Notes a problem unless `known` has the id; says whether it has. */
  expect(known: ReadonlyMap<string, unknown>, id: string, path: Path, what: string): boolean {
    if (known.has(id)) return true;
    this.add(path, `there is no ${what} "${id}"`, `write ${nearestOf(id, [...known.keys()])}, or add ${what} ${id}`);
    return false;
  }
}

function nearestOf(id: string, known: readonly string[]): string {
  const near = [...known].sort((a, b) => distance(id, a) - distance(id, b)).slice(0, 3);
  return near.length === 0 ? "one that exists" : near.join(" or ");
}

function factDefinition(entry: FactEntry): FactDefinition {
  const { table, alias, joins, where, times, grain, watermarks } = entry;
  const dimensions = Object.fromEntries(
    Object.entries(entry.dimensions).map(([id, { expr, narrows_hit }]) => [id, { expr, narrowsHit: narrows_hit }]),
  );
  return { table, alias, joins, where, times, dimensions, touchedBy: entry.touched_by, grain, watermarks };
}

function dimension(id: string, entry: DimensionEntry, problems: Problems): Dimension {
  const values = entry.values.map(([value, said]) => ({
    id: value,
    words: said === null ? {} : isZoned(said) ? said.words : said,
  }));
  const known = new Map(values.map((value) => [value.id, value]));
  for (const [index, group] of entry.groups.entries()) {
    for (const [at, value] of group.values.entries()) {
      problems.expect(known, value, ["dimensions", id, "groups", index, "values", at], `value of ${id}`);
    }
  }
  return {
    id,
    label: entry.label,
    words: entry.words,
    values,
    groups: entry.groups,
    private: entry.private,
    people: entry.people,
  };
}

type ValueEntry = DimensionEntry["values"][number][1];
const isZoned = (said: ValueEntry): said is Extract<ValueEntry, { zone: string }> =>
  said !== null && "zone" in said && typeof said.zone === "string";

function zonedDimension(dimensions: ReadonlyMap<string, DimensionEntry>): ZonedDimension | null {
  for (const [id, entry] of dimensions) {
    const zones = entry.values.flatMap(([value, said]) => (isZoned(said) ? [[value, said.zone] as const] : []));
    if (zones.length > 0) return { dimension: id, zones: new Map(zones) };
  }
  return null;
}

interface MetricSurroundings {
  readonly facts: ReadonlyMap<string, Fact>;
  readonly entries: ReadonlyMap<string, MetricEntry>;
  readonly problems: Problems;
}

function metric(id: string, entry: MetricEntry, around: MetricSurroundings): Metric | null {
  const definition = measureDefinition(id, entry, around);
  if (!definition) return null;
  if (
    definition.kind === "proportion" &&
    (definition.hitAt ?? definition.missAt) !== null &&
    entry.maturity_days === null
  ) {
    around.problems.add(
      ["metrics", id, "measure"],
      "hit_at and miss_at need a maturity",
      "write maturity_days: beside measure:",
    );
  }
  const facts = factsOf(definition, around.facts);
  const moment = definition.kind === "open";
  const shared = sharedDimensions(facts);
  for (const [index, name] of (entry.dimensions ?? []).entries()) {
    if (!shared.includes(name)) {
      const instead = `write some of ${shared.join(", ")}`;
      around.problems.add(["metrics", id, "dimensions", index], `its facts have no dimension "${name}"`, instead);
    }
  }
  return {
    id,
    type: entry.type,
    label: entry.label,
    words: entry.words,
    group: entry.group,
    unit: entry.unit,
    good: entry.good,
    owner: entry.owner,
    version: entry.version,
    description: entry.description,
    formula: entry.formula,
    watchOut: entry.watch_out,
    alsoCalled: entry.also_called,
    dimensions: entry.dimensions ?? shared,
    defaultGrain: entry.default_grain,
    grains: entry.grains ?? possibleGrains(facts, moment),
    moment,
    aged: moment,
    maturityDays: entry.maturity_days,
    labelsNeeded: entry.labels_needed,
    interval: entry.interval,
    reads: [...new Set(facts.flatMap((fact) => fact.definition.watermarks))],
    shows: entry.shows,
    quantile: entry.quantile,
    costSheet: entry.cost_sheet && {
      owner: entry.cost_sheet.owner,
      date: entry.cost_sheet.date,
      dimension: entry.cost_sheet.dimension,
      unitCosts: Object.fromEntries(
        Object.entries(entry.cost_sheet.unit_costs).map(([value, unit]) => [
          value,
          { wrongRemoval: unit.wrong_removal, wrongApproval: unit.wrong_approval },
        ]),
      ),
    },
    scan: scanRule(id, entry, { shared, around }),
    definition,
  };
}

function scanRule(
  id: string,
  { scan, dimensions }: MetricEntry,
  { shared, around }: { readonly shared: readonly string[]; readonly around: MetricSurroundings },
): Metric["scan"] {
  if (!scan) return null;
  const possible = dimensions ?? shared;
  scan.by.flat().forEach((name) => {
    if (possible.includes(name)) return;
    const instead = `write some of ${possible.join(", ")}`;
    around.problems.add(["metrics", id, "scan", "by"], `the metric cannot be split by "${name}"`, instead);
  });
  for (const [index, leader] of scan.follows.entries())
    around.problems.expect(around.entries, leader, ["metrics", id, "scan", "follows", index], "metric");
  const { weight, by, role, follows, heartbeat, headline } = scan;
  return { weight, minEffect: scan.min_effect, minVolume: scan.min_volume, by, role, follows, heartbeat, headline };
}

/** Totals by month have no days in them; what is open at a moment has no sum over hours of the day. */
function possibleGrains(facts: readonly Fact[], moment: boolean): readonly Grain[] {
  const coarsest = facts.some((fact) => fact.definition.grain === "month")
    ? "month"
    : facts.some((fact) => fact.definition.grain === "day")
      ? "day"
      : "event";
  if (coarsest === "month") return ["total", "month"];
  if (moment) return ["total", "hour", "day", "week", "month"];
  return coarsest === "day" ? ["total", "day", "week", "month", "day_of_week"] : GRAINS;
}

const sharedDimensions = (facts: readonly Fact[]): string[] =>
  Object.keys(facts[0]?.definition.dimensions ?? {}).filter((name) =>
    facts.every((fact) => name in fact.definition.dimensions),
  );

function factsOf(definition: MeasureDefinition, facts: ReadonlyMap<string, Fact>): Fact[] {
  const ids = new Set(plainMeasures(definition).map((measure) => measure.fact));
  return [...ids].flatMap((id) => facts.get(id) ?? []);
}

/** The measures that a definition is made of, each on one fact. */
export function plainMeasures(definition: MeasureDefinition): readonly PlainMeasure[] {
  if (definition.kind === "joined_ratio") return [definition.numerator, definition.denominator];
  if (definition.kind === "parts") return Object.values(definition.parts);
  return [definition];
}

function measureDefinition(id: string, entry: MetricEntry, around: MetricSurroundings): MeasureDefinition | null {
  const measure = entry.measure;
  const path = ["metrics", id, "measure"];
  if (measure.kind === "joined_ratio") {
    const numerator = plain(measure.numerator, [...path, "numerator"], around);
    const denominator = plain(measure.denominator, [...path, "denominator"], around);
    return numerator && denominator ? ({ kind: "joined_ratio", numerator, denominator } as MeasureDefinition) : null;
  }
  if (measure.kind !== "parts") return plain(measure, path, around);
  const parts: Record<string, PlainMeasure> = {};
  for (const [name, part] of Object.entries(measure.parts)) {
    const built =
      typeof part === "string"
        ? referred(part, [...path, "parts", name], around)
        : plain(part, [...path, "parts", name], around);
    if (!built) return null;
    parts[name] = built;
  }
  return { kind: "parts", parts, each: measure.each };
}

type PlainEntry = Exclude<MetricEntry["measure"], { kind: "parts" } | { kind: "joined_ratio" }>;

function referred(metricId: string, path: Path, around: MetricSurroundings): PlainMeasure | null {
  if (!around.problems.expect(around.entries, metricId, path, "metric")) return null;
  const measure = around.entries.get(metricId)?.measure;
  if (measure && measure.kind !== "parts" && measure.kind !== "joined_ratio") {
    return plain(measure, ["metrics", metricId, "measure"], around);
  }
  around.problems.add(path, `metric ${metricId} is itself composed`, "write the measure itself");
  return null;
}

function plain(measure: PlainEntry, path: Path, around: MetricSurroundings): PlainMeasure | null {
  if (!around.problems.expect(around.facts, measure.fact, [...path, "fact"], "fact")) return null;
  if (measure.kind === "open") {
    const { still_open, ...rest } = measure;
    return { ...rest, stillOpen: still_open };
  }
  const times = new Map(Object.entries(around.facts.get(measure.fact)?.definition.times ?? {}));
  if (!around.problems.expect(times, measure.on, [...path, "on"], `time of ${measure.fact}`)) return null;
  if (measure.kind !== "proportion") return measure;
  const { hit_at, miss_at, ...rest } = measure;
  return { ...rest, hitAt: hit_at, missAt: miss_at };
}
