import type { CatalogSql } from "../catalog/definition.ts";

/**
 * SqlText can only be made here. Whatever is put into a `sql` template becomes a parameter, unless it is itself SqlText; identifiers
 * come through `ident`, trusted expressions of the catalog through `fragment`. No string from a person has a way into the text.
 */
class Text {
  readonly #strings: readonly string[];
  readonly #values: readonly unknown[];

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.#strings = strings;
    this.#values = values;
  }

  write(out: Out): void {
    this.#strings.forEach((piece, index) => {
      out.text += piece;
      if (index >= this.#values.length) return;
      const value = this.#values[index];
      if (value instanceof Text) value.write(out);
      else out.text += placeholder(out.params.push(value), value, out.dialect);
    });
  }
}
export type SqlText = Text;

/** The engines that the same statement can be spelled for. */
export type Dialect = "postgres" | "clickhouse";

interface Out {
  text: string;
  readonly params: unknown[];
  readonly dialect: Dialect;
}

/** What the engines spell differently; which spelling is written is known when the statement is rendered. */
class Spelled extends Text {
  readonly #spellings: Readonly<Record<Dialect, SqlText>>;

  constructor(spellings: Readonly<Record<Dialect, SqlText>>) {
    super([""], []);
    this.#spellings = spellings;
  }

  override write(out: Out): void {
    this.#spellings[out.dialect].write(out);
  }
}
export const spelled = (spellings: Readonly<Record<Dialect, SqlText>>): SqlText => new Spelled(spellings);

/** `$1`, or `{p1:Array(String)}`: ClickHouse wants a parameter's type beside its name. */
const placeholder = (position: number, value: unknown, dialect: Dialect): string =>
  dialect === "postgres" ? `$${position}` : `{p${position}:${clickhouseType(value)}}`;

function clickhouseType(value: unknown): string {
  if (typeof value === "string") return "String";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "Int64" : "Float64";
  if (Array.isArray(value)) {
    const known = value.filter((one) => one !== null);
    const type = known.length === 0 ? "String" : clickhouseType(known[0]);
    return `Array(${known.length < value.length ? `Nullable(${type})` : type})`;
  }
  throw new TypeError(`a parameter of type ${typeof value} has no ClickHouse type`);
}

/** A statement as the driver takes it. */
export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** The tag: sql`select ${ident("a")} where b = ${value}`. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): SqlText {
  return new Text(strings, values);
}

export function render(text: SqlText, dialect: Dialect = "postgres"): Statement {
  const out: Out = { text: "", params: [], dialect };
  text.write(out);
  return { text: out.text.replace(/\n\s*(?=\n|$)/g, "").trim(), params: out.params };
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/;

/** A table's or column's name, quoted where it must be. Throws on anything that is no plain name: the catalog lets none through. */
export function ident(name: string): SqlText {
  if (!IDENTIFIER.test(name)) throw new RangeError(`not an identifier: ${name}`);
  const quoted = name.split(".").map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part}"`));
  return new Text([quoted.join(".")], []);
}

/** A trusted expression of the catalog; `:through` and `:at` in it stand for the values given. */
export function fragment(
  expression: CatalogSql,
  places: { readonly through?: SqlText; readonly at?: SqlText } = {},
): SqlText {
  const strings: string[] = [];
  const values: SqlText[] = [];
  let from = 0;
  for (const match of expression.matchAll(/(?<!:):(through|at)\b/g)) {
    const value = places[match[1] as "through" | "at"];
    if (!value) throw new RangeError(`:${match[1]} has no meaning in: ${expression}`);
    strings.push(expression.slice(from, match.index));
    values.push(value);
    from = match.index + match[0].length;
  }
  strings.push(expression.slice(from));
  // ClickHouse has no `select` without columns, which PostgreSQL has for `exists (select from …)`.
  const named = strings.map((piece) => piece.replace(/\bselect\s+from\b/gi, "select 1 from"));
  return spelled({ postgres: new Text(strings, values), clickhouse: new Text(named, values) });
}

export const nothing: SqlText = new Text([""], []);

/** The texts one after another, e.g. a list of columns or conditions. */
export function join(texts: readonly SqlText[], separator: ", " | " and " | "\n" | " or "): SqlText {
  if (texts.length === 0) return nothing;
  return new Text(["", ...texts.slice(1).map(() => separator), ""], texts);
}

/** `(a) and (b)`; `true` for none. */
export function all(conditions: readonly SqlText[]): SqlText {
  if (conditions.length === 0) return sql`true`;
  return join(
    conditions.map((condition) => sql`(${condition})`),
    " and ",
  );
}
