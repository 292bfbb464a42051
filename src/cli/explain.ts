import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { Command } from "commander";
import {
  type Explanation,
  explainCube,
  type Part,
  REAL_BELOW,
  type RegionPart,
  type Split,
} from "../insights/drivers/explain-cube.ts";
import type { WaterfallSpec } from "../kernel/chart-spec.ts";
import { explainPicture } from "./explain-picture.ts";
import { UsageError } from "./fail.ts";
import { periodWords } from "./period-words.ts";
import { type CubeRead, readCube } from "./read-cube.ts";

interface ExplainOptions {
  readonly before: string;
  readonly after: string;
  readonly period?: string;
  readonly value: string;
  readonly denominator: string;
  readonly chart?: string;
  readonly json?: boolean;
}

const NAMED_MAX = 6;

/** `explain FILE.csv --before A --after B`: the segments that moved a rate or a volume, with exact parts of the change and a test for each. */
export function explainCommand(): Command {
  return new Command("explain")
    .description("which segments moved a rate or a volume between two periods: exact parts of the change, tested")
    .argument(
      "<file>",
      "CSV with a period column, columns to split by, and value[,denominator] (the numerator of a rate)",
    )
    .requiredOption("--before <period>", "value of the period column; several with commas, or a range FROM..TO")
    .requiredOption("--after <period>", "the same for the later period")
    .option("--period <column>", "the period column, where it is not called period")
    .option("--value <column>", "the column with the value", "value")
    .option("--denominator <column>", "the column with the denominator, where there is one", "denominator")
    .option("--chart <file>", "also draws the change as a waterfall, a PNG")
    .option("--json", "prints JSON")
    .action(async (file: string, options: ExplainOptions) => {
      const asked = {
        file,
        periodColumn: options.period ?? null,
        valueColumn: options.value,
        denominatorColumn: options.denominator,
        before: periodWords(options.before),
        after: periodWords(options.after),
      };
      const read = await readCube(asked, (text) => process.stderr.write(`${text}\n`));
      for (const line of badLines(read)) process.stderr.write(`${line}\n`);
      const made = explainCube(read.cube);
      if (!made)
        throw new UsageError(`${file}: a period has no denominator above zero, so there is no rate to explain.`);
      if (options.chart) await drawTo(options.chart, explainPicture(made, basename(file), options));
      process.stdout.write(
        options.json ? `${JSON.stringify(explanationJson(made, read))}\n` : explanationText(made, read),
      );
    });
}

/** The canvas is loaded only where a picture is wanted. */
async function drawTo(file: string, spec: WaterfallSpec): Promise<void> {
  const { png } = await import("../charts/png.ts");
  await writeFile(file, await png(spec));
}

function badLines({ bad, leftOut, rows }: CubeRead): string[] {
  const more = bad.count > bad.first.length ? ` and ${bad.count - bad.first.length} more` : "";
  return [
    ...(bad.count > 0
      ? [`${bad.count} of ${rows} rows could not be read and were put aside: ${bad.first.join("; ")}${more}.`]
      : []),
    ...(leftOut.length > 0 ? [`Not split by ${leftOut.join(", ")}: nearly every row has its own value.`] : []),
  ];
}

function explanationJson(made: Explanation, { rows, outside, bad, leftOut, beforeScale }: CubeRead): object {
  return {
    measure: made.isRate ? "rate" : "amount",
    before: made.before,
    after: made.after,
    change: made.change,
    p: made.test.p,
    method: made.method,
    segments: made.segments.map(regionJson),
    against: made.against.map(regionJson),
    rest: partJson(made.rest),
    explained: { part: made.explained, of: made.change, share: shareOf(made.explained, made.change) },
    splits: made.splits.map(splitJson),
    simpson: made.splits.filter(({ decomposition }) => decomposition.simpson).map(({ attribute }) => attribute),
    rows: { read: rows, outside, bad: bad.count, bad_first: bad.first },
    left_out: leftOut,
    before_scale: beforeScale,
  };
}

const regionJson = (part: RegionPart): object => ({
  where: part.where,
  direction: part.direction,
  ...partJson(part),
  score: part.score,
});
const partJson = ({ segment, total, rate, mix, p, q }: Part): object => ({
  before: sideJson(segment.before),
  after: sideJson(segment.after),
  effect: total,
  rate_effect: rate,
  mix_effect: mix,
  p,
  q,
  real: q < REAL_BELOW,
});
const sideJson = ({ hits, weight }: Part["segment"]["before"]): object => ({
  value: hits,
  ...(weight > 0 ? { denominator: weight, rate: hits / weight } : {}),
});
const splitJson = ({ attribute, decomposition, parts }: Split): object => ({
  by: attribute,
  rate_effect: decomposition.rate,
  mix_effect: decomposition.mix,
  simpson: decomposition.simpson,
  parts: parts.map((part) => ({ name: part.name, ...partJson(part) })),
});
const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function explanationText(made: Explanation, read: CubeRead): string {
  const { segments, against, rest, splits } = made;
  const lines = [
    `${made.isRate ? "Rate" : "Amount"} ${shown(made.before, made)} → ${shown(made.after, made)}: ${signed(made.change, made)}${made.test.p < REAL_BELOW ? "" : " (within noise)"}`,
    "",
    ...(segments.length > 0 ? segments.map((part) => regionLine(part, made)) : ["No segment stands out."]),
    ...(against.length > 0 ? ["Against it:", ...against.map((part) => regionLine(part, made))] : []),
    `  ${signed(rest.total, made).padStart(12)}  everything else`,
    "",
    `${segments.length === 1 ? "It explains" : "Together they explain"} ${signed(made.explained, made)} of ${signed(made.change, made)}.`,
    ...splits.slice(0, 1).flatMap((split) => splitLines(split, made)),
    ...splits
      .filter(({ decomposition }) => decomposition.simpson)
      .map(
        ({ attribute }) =>
          `! Every ${attribute} moved against the whole: a shift in mix, not in the rate (Simpson's paradox).`,
      ),
    ...(read.beforeScale === 1
      ? []
      : [
          `The periods have different numbers of buckets: before is scaled by ${Number(read.beforeScale.toPrecision(4))}.`,
        ]),
    ...(read.outside > 0 ? [`${read.outside} rows of other periods were not used.`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function regionLine(part: RegionPart, made: Explanation): string {
  const where = Object.entries(part.where)
    .map(([name, value]) => `${name}=${value}`)
    .join(" & ");
  return `  ${signed(part.total, made).padStart(12)}  ${where}  (${sides(part, made)})${noise(part)}`;
}

function splitLines({ attribute, decomposition, parts }: Split, made: Explanation): string[] {
  const head = made.isRate
    ? `By ${attribute}: inside the segments ${signed(decomposition.rate, made)}, shift between them ${signed(decomposition.mix, made)}.`
    : `By ${attribute}:`;
  const more = parts.length - NAMED_MAX;
  return [
    "",
    head,
    ...parts
      .slice(0, NAMED_MAX)
      .map((part) => `  ${signed(part.total, made).padStart(12)}  ${part.name}  (${sides(part, made)})${noise(part)}`),
    ...(more > 0 ? [`  … and ${more} more (--json has all)`] : []),
  ];
}

const noise = ({ q }: Part): string => (q < REAL_BELOW ? "" : "  within noise");

function sides({ segment: { before, after } }: Part, made: Explanation): string {
  const side = ({ hits, weight }: Part["segment"]["before"]): string =>
    made.isRate ? (weight > 0 ? shown(hits / weight, made) : "–") : shown(hits, made);
  return `${side(before)} → ${side(after)}`;
}

/** Rates up to 1 as percent, all else with five digits. */
function shown(value: number, made: Explanation): string {
  const isShare = made.isRate && Math.max(made.before, made.after) <= 1;
  return isShare ? `${(100 * value).toFixed(2)} %` : String(Number(value.toPrecision(5)));
}

function signed(value: number, made: Explanation): string {
  const isShare = made.isRate && Math.max(made.before, made.after) <= 1;
  const size = isShare ? `${(100 * Math.abs(value)).toFixed(2)} pp` : String(Number(Math.abs(value).toPrecision(5)));
  return `${value < 0 ? "−" : "+"}${size}`;
}
