import type { AnswerTable, TableView } from "../../chat/answer.ts";
import { formatCount, formatValue } from "../../chat/format.ts";
import { meanChance, reasonsOf, type ScoredSeller } from "../../insights/risk/outlook.ts";
import { limits } from "../../kernel/limits.ts";
import type { Asking } from "../asking.ts";
import { dimensionName, rowName, valueName } from "../names.ts";
import type { RiskSituation, Segment } from "./situation.ts";

const REASONS_SHOWN = 2;
/** Odds nearer to the average than this set nobody apart. */
const TELLING_ODDS = 1.1;

/** The machine form of segments: full precision; a hidden one has its key and the flag. */
export function segmentTable({ by, segments, outlook }: RiskSituation): AnswerTable {
  const base = meanChance(outlook.sellers);
  const columns = [
    "sellers",
    "risk",
    "times_average",
    "expected",
    "expected.low80",
    "expected.high80",
    "reasons",
    "flags",
  ];
  return {
    columns: [
      ...by.map((id) => ({ id, unit: null })),
      ...columns.map((id) => ({ id, unit: id === "risk" ? "share" : id.startsWith("expected") ? "count" : null })),
    ],
    rows: segments.map((segment) => [
      ...by.map((id) => segment.key[id] ?? null),
      ...(segment.risk === null || !segment.expected
        ? [null, null, null, null, null, null, null, ["suppressed"]]
        : [
            segment.sellers.length,
            segment.risk,
            segment.risk / base,
            segment.expected.mean,
            segment.expected.low,
            segment.expected.high,
            telling(segment.sellers).map(({ reason, odds }) => `${reason} × ${odds.toFixed(2)}`),
            [],
          ]),
    ]),
  };
}

export function segmentView({ by, segments }: RiskSituation, asking: Asking): TableView {
  const { say, locale } = asking;
  const shown = segments.filter(({ risk }) => risk !== null).slice(0, limits.viewRowsMax);
  return {
    columns: [
      ...by.map((id) => ({ label: dimensionName(asking.catalog, id, asking.language), align: "left" as const })),
      { label: say("risk.column.risk"), align: "right" },
      { label: say("risk.column.sellers"), align: "right" },
      { label: say("risk.column.expected"), align: "right" },
      { label: say("risk.column.reasons"), align: "left" },
    ],
    rows: shown.map((segment) => [
      ...by.map((id) => valueName(segment.key[id], asking)),
      formatValue(segment.risk, "share", locale),
      formatCount(segment.sellers.length, locale),
      expectedText(segment, asking),
      reasonsText(segment.sellers, asking),
    ]),
    more: segments.length - shown.length,
  };
}

/** "12 (8 – 16)": those who will violate, with the 80 % range. */
function expectedText({ expected }: Segment, { locale }: Asking): string {
  if (!expected) return "–";
  const [mean = "", low = "", high = ""] = [expected.mean, expected.low, expected.high].map((value) =>
    formatCount(Math.round(value), locale),
  );
  return `${mean} (${low} – ${high})`;
}

/** Seller by seller, for those who may see them. */
export function sellerTable(named: readonly ScoredSeller[]): AnswerTable {
  const ids = ["seller_id", "market", "seller_tier", "category", "risk", "cases_180d", "violations_180d", "reasons"];
  return {
    columns: ids.map((id) => ({ id, unit: id === "risk" ? "share" : null })),
    rows: named.map((seller) => [
      seller.id,
      seller.record.market,
      seller.record.tier,
      seller.record.category,
      seller.p,
      seller.record.cases,
      seller.record.violations,
      telling([seller]).map(({ reason, odds }) => `${reason} × ${odds.toFixed(2)}`),
    ]),
  };
}

export function sellerView(named: readonly ScoredSeller[], asking: Asking): TableView {
  const { say, locale } = asking;
  const shown = named.slice(0, limits.viewRowsMax);
  return {
    columns: [
      { label: say("risk.column.seller"), align: "left" },
      { label: say("risk.column.of"), align: "left" },
      { label: say("risk.column.risk"), align: "right" },
      { label: say("risk.column.record"), align: "right" },
      { label: say("risk.column.reasons"), align: "left" },
    ],
    rows: shown.map((seller) => [
      seller.id,
      sellerName(seller, asking),
      chanceText(seller.p, asking),
      `${formatCount(seller.record.violations, locale)} / ${formatCount(seller.record.cases, locale)}`,
      reasonsText([seller], asking),
    ]),
    more: named.length - shown.length,
  };
}

const sellerName = ({ record: { market, tier, category } }: ScoredSeller, asking: Asking): string =>
  rowName({ market, tier, category }, ["market", "tier", "category"], asking);

/** No model knows chances beyond 99 %. */
export function chanceText(p: number, { locale }: Asking): string {
  return p > 0.99 ? "> 99\u00a0%" : formatValue(p, "share", locale);
}

function telling(sellers: readonly ScoredSeller[]) {
  return reasonsOf(sellers)
    .filter(({ odds }) => Math.max(odds, 1 / odds) >= TELLING_ODDS)
    .slice(0, REASONS_SHOWN);
}

/** "violations ↑↑, tier ↓": what sets them apart from the average seller, one arrow from 1.1, two from 2, three from 5 times the odds. */
export function reasonsText(sellers: readonly ScoredSeller[], asking: Asking): string {
  const parts = telling(sellers).map(({ reason, odds }) => {
    const size = Math.max(odds, 1 / odds);
    const arrow = odds > 1 ? "↑" : "↓";
    return `${asking.say(`risk.reason.${reason}`)} ${arrow.repeat(size >= 5 ? 3 : size >= 2 ? 2 : 1)}`;
  });
  return parts.length > 0 ? parts.join(", ") : asking.say("risk.reason.none");
}
