import type { Caveat, Finding } from "../../chat/answer.ts";
import {
  formatBucket,
  formatCount,
  formatDifference,
  formatInstant,
  formatMagnitude,
  formatValue,
} from "../../chat/format.ts";
import type { Ranged } from "../../insights/risk/judge.ts";
import { expectedViolators, meanChance } from "../../insights/risk/outlook.ts";
import { LOOK_BACK_DAYS } from "../../insights/risk/record.ts";
import { limits } from "../../kernel/limits.ts";
import { dayOf } from "../../queries/periods.ts";
import type { Asking } from "../asking.ts";
import { dimensionWord, filtersName, rowName } from "../names.ts";
import type { RiskSituation } from "./situation.ts";
import { chanceText, reasonsText } from "./table.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** How many will violate, and where the risk is highest and lowest; or who has most of it. */
export function riskHeadline(situation: RiskSituation, asking: Asking): string {
  const { sellers, outlook, horizon, named, question } = situation;
  const name = filtersName(question, asking) || asking.say("total");
  if (named) {
    const list = named.slice(0, 3).map((seller) => `${seller.id} ${chanceText(seller.p, asking)}`);
    return asking.say("risk.head.sellers", { name, n: named.length, days: horizon, list: list.join(", ") });
  }
  const expected = expectedViolators(sellers, outlook.drift);
  const count = (value: number): string => formatCount(Math.round(value), asking.locale);
  const head = asking.say("risk.head", {
    name,
    sellers: formatCount(sellers.length, asking.locale),
    days: horizon,
    n: count(expected.mean),
    share: formatValue(meanChance(sellers), "share", asking.locale),
    low: count(expected.low),
    high: count(expected.high),
  });
  return [head, ...extremes(situation, asking)].join(" · ");
}

function extremes({ segments, by }: RiskSituation, asking: Asking): string[] {
  const shown = segments.filter(({ risk }) => risk !== null);
  const [top, bottom] = [shown[0], shown[shown.length - 1]];
  if (!top || !bottom || top === bottom) return [];
  return [
    asking.say("highest", { name: rowName(top.key, by, asking), value: formatValue(top.risk, "share", asking.locale) }),
    asking.say("lowest", {
      name: rowName(bottom.key, by, asking),
      value: formatValue(bottom.risk, "share", asking.locale),
    }),
  ];
}

export function riskEcho({ question, horizon, named, by, zone, throughMs }: RiskSituation, asking: Asking): string {
  const name = filtersName(question, asking) || asking.say("total");
  const until = formatInstant(new Date(throughMs + horizon * DAY_MS).toISOString(), asking.locale, zone);
  const split = named ? asking.say("risk.each") : asking.say("by", { dimensions: by.map((id) => dimensionWord(asking.catalog, id, asking.language)).join(", ") });
  return asking.say("risk.echo", { name, days: horizon, until, zone, split });
} // biome-ignore format: one sentence a line

/** What the record says, how the model did on what it had not seen, and what sets the riskiest apart. */
export function riskFindings(situation: RiskSituation, asking: Asking): Finding[] {
  const { outlook, sellers } = situation;
  const { say, locale } = asking;
  const judged = outlook.test ?? outlook.testOfAll;
  const share = (value: number): string => formatValue(value, "share", locale);
  const ranged = ({ value, low, high }: Ranged, write: (value: number) => string): string =>
    `${write(value)} (${write(low)} – ${write(high)})`;
  const two = (value: number): string => decimals(value, 2, locale);
  const at = cutText(situation, outlook.cuts.test, asking);
  const findings: Finding[] = [
    { code: "record", text: recordText(situation, asking) },
    {
      code: "ranking",
      text: say("risk.ranking", {
        at,
        auc: ranged(judged.auc, two),
        held: share(judged.held),
        lift: ranged(judged.lift, (value) => decimals(value, 1, locale)),
      }),
    },
    {
      code: "calibration",
      text: say("risk.calibration", {
        foretold: share(judged.events / judged.n - judged.inTheLarge.value),
        happened: share(judged.events / judged.n),
        n: formatCount(judged.n, locale),
        gap: gapText(judged.inTheLarge, locale),
        error: formatMagnitude(judged.calibrationError, "share", locale),
        chance: formatMagnitude(judged.calibrationErrorByChance, "share", locale),
        brier: decimals(judged.brier, 3, locale),
        base: decimals(judged.brierOfBase, 3, locale),
        better: ranged(judged.skill, share),
      }),
    },
  ];
  const top = sellers.slice(0, Math.max(limits.cellMin, Math.round(sellers.length / 10)));
  if (top.length < sellers.length)
    findings.push({ code: "reasons", text: say("risk.apart", { reasons: reasonsText(top, asking) }) });
  return findings;
}

function gapText({ value, low, high }: Ranged, locale: string): string {
  const write = (difference: number): string => formatDifference(difference, "share", locale);
  return `${write(value)} (${write(low)} – ${write(high)})`;
}

/** "No removal in 180 days: 12 %, one: 16 %, two or more: 29 %"; groups too small to be shown are left out. */
function recordText({ outlook }: RiskSituation, asking: Asking): string {
  const [none, one, more] = outlook.byRecord.map(({ sellers, p }) =>
    sellers < limits.cellMin ? "–" : formatValue(p, "share", asking.locale),
  );
  return asking.say("risk.record", { days: LOOK_BACK_DAYS, none: none ?? "–", one: one ?? "–", more: more ?? "–" });
}

const decimals = (value: number, digits: number, locale: string): string =>
  value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The day of a cut-off. */
export function cutText({ throughMs, zone }: RiskSituation, cut: number, { locale }: Asking): string {
  return formatBucket(dayOf(throughMs - cut * DAY_MS, zone), "day", locale, zone);
}

/** What the number means, what it was learned from, and how it must not be used. */
export function riskCaveats(situation: RiskSituation, asking: Asking): Caveat[] {
  const { outlook, horizon, settle, sellers, segments, every, withheld, throughMs } = situation;
  const { say } = asking;
  const hidden = segments.filter(({ risk }) => risk === null).length;
  const behind = Math.floor((asking.now - throughMs) / HOUR_MS);
  const lines: (Caveat | false)[] = [
    withheld && { code: "sellers_withheld", text: say("risk.withheld") },
    { code: "definition", text: say("risk.definition", { days: horizon, settle, back: LOOK_BACK_DAYS }) },
    {
      code: "cut_off",
      text: say("risk.cuts", {
        test: cutText(situation, outlook.cuts.test, asking),
        first: cutText(situation, outlook.cuts.first, asking),
        last: cutText(situation, outlook.cuts.last, asking),
        settle,
      }),
    },
    outlook.test === null && { code: "judged_on_all", text: say("risk.judged_on_all") },
    isOff(situation) && { code: "base_moved", text: say("risk.base_moved") },
    hidden > 0 && { code: "suppressed", text: say("risk.hidden", { n: hidden, k: limits.cellMin }) },
    every > 1 && { code: "sampled", text: say("risk.sampled", { every, n: formatCount(sellers.length, asking.locale) }) },
    { code: "no_proof", text: say("risk.no_proof") },
    behind >= 1 && { code: "late", text: say("risk.late", { hours: behind }) },
  ];
  return lines.filter((line) => line !== false);
} // biome-ignore format: one caveat a line

/** More or fewer violated than chance lets differ from what was foretold, by a tenth at least. */
function isOff({ outlook }: RiskSituation): boolean {
  const { inTheLarge, events, n } = outlook.test ?? outlook.testOfAll;
  const isReal = inTheLarge.low > 0 || inTheLarge.high < 0;
  return isReal && Math.abs(inTheLarge.value) > (0.1 * events) / n;
}
