import { readFileSync, writeFileSync } from "node:fs";

const DOCUMENT = "docs/insights.md";
const misses: string[] = [];

/** Prints a figure beside whether it reaches its goal. */
export function goal(name: string, value: number, reached: boolean): void {
  console.log(`${reached ? "reached" : "MISSED "}  ${name}: ${Number(value.toPrecision(4))}`);
  if (!reached) misses.push(name);
}

/** Prints a table; with `--write` also puts it between `<!-- name -->` and `<!-- /name -->` of the document. */
export function writeTable(name: string, text: string): void {
  console.log(text);
  if (!process.argv.includes("--write")) return;
  const document = readFileSync(DOCUMENT, "utf8");
  const marks = new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- /${name} -->`);
  if (!marks.test(document)) throw new Error(`${DOCUMENT} has no <!-- ${name} --> … <!-- /${name} -->`);
  writeFileSync(
    DOCUMENT,
    document.replace(marks, () => `<!-- ${name} -->\n${text}\n<!-- /${name} -->`),
  );
}

/** Exit code 1 where a goal was missed. */
export function report(): void {
  if (misses.length > 0) process.exitCode = 1;
}
