/** How far a result may be from the expected value; what one field names of its own goes before the vector's. */
export interface Tolerance {
  readonly rel?: number;
  readonly abs?: number;
  readonly abs_frac_of_ci_width?: number;
  readonly fields?: Readonly<Record<string, Omit<Tolerance, "fields">>>;
}

export interface Comparison {
  /** One sentence per field that is off. */
  readonly misses: readonly string[];
  /** Expected fields that our method does not give. */
  readonly skipped: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Compares a result with the expected fields of a vector: |got − expected| ≤ max(abs, rel·|expected|), `null` = must be null with a
 * reason, `"inf"`/`"-inf"` = unbounded. A field that the result does not have is skipped by name, which is no pass.
 */
export function compareFields(got: Fields, expected: Fields, tolerance: Tolerance): Comparison {
  const misses: string[] = [];
  const skipped: string[] = [];
  const width = Math.abs(Number(expected.avg_effect_upper) - Number(expected.avg_effect_lower));
  for (const [field, value] of Object.entries(expected)) {
    if (!(field in got)) skipped.push(field);
    else misses.push(...compareValue(field, got[field], value, { tolerance, width, reason: hasReason(got) }));
  }
  return { misses, skipped };
}

interface Context {
  readonly tolerance: Tolerance;
  /** Expected width of the interval, for tolerances that are shares of it. */
  readonly width: number;
  readonly reason: boolean;
}

function compareValue(path: string, got: unknown, expected: unknown, context: Context): string[] {
  const off = (why: string) => [`${path}: expected ${show(expected)}, got ${show(got)}${why}`];
  if (expected === null) {
    if (got !== null) return off("");
    return context.reason ? [] : off(" without a reason");
  }
  if (expected === "inf") return got === Number.POSITIVE_INFINITY ? [] : off("");
  if (expected === "-inf") return got === Number.NEGATIVE_INFINITY ? [] : off("");
  if (typeof expected === "number") return withinTolerance(path, got, expected, context) ? [] : off("");
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return off(" (another length)");
    return expected.flatMap((item, i) => compareValue(`${path}[${i}]`, got[i], item, context));
  }
  if (isFields(expected)) {
    if (!isFields(got)) return off("");
    const inner = { ...context, reason: context.reason || hasReason(got) };
    return Object.entries(expected).flatMap(([key, value]) =>
      key in got ? compareValue(`${path}.${key}`, got[key], value, inner) : [`${path}.${key}: missing`],
    );
  }
  return got === expected ? [] : off("");
}

function withinTolerance(path: string, got: unknown, expected: number, { tolerance, width }: Context): boolean {
  if (typeof got !== "number") return false;
  const names = path.replaceAll(/\[\d+\]/g, "").split(".");
  const own = names.map((name) => tolerance.fields?.[name]).findLast((found) => found !== undefined);
  const { rel = 0, abs = 0, abs_frac_of_ci_width: share = 0 } = { ...tolerance, ...own };
  return Math.abs(got - expected) <= Math.max(abs, rel * Math.abs(expected), share > 0 ? share * width : 0);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const hasReason = (got: Fields): boolean => typeof got.reason === "string" && got.reason !== "";
const show = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
