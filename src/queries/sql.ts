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

  write(out: { text: string; params: unknown[] }): void {
    this.#strings.forEach((piece, index) => {
      out.text += piece;
      if (index >= this.#values.length) return;
      const value = this.#values[index];
      if (value instanceof Text) value.write(out);
      else out.text += `$${out.params.push(value)}`;
    });
  }
}
export type SqlText = Text;

/** A statement as the driver takes it. */
export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** The tag: sql`select ${ident("a")} where b = ${value}`. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): SqlText {
  return new Text(strings, values);
}

export function render(text: SqlText): Statement {
  const out = { text: "", params: [] as unknown[] };
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
  return new Text(strings, values);
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
