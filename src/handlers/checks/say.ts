import type { Catalog } from "../../catalog/catalog.ts";
import type { Language } from "../../chat/answer.ts";
import { formatInstant, formatValue } from "../../chat/format.ts";
import type { Say } from "../../chat/messages.ts";
import type { CheckResult } from "../../queries/checks/results.ts";

export interface SayingChecks {
  readonly say: Say;
  readonly language: Language;
  readonly locale: string;
  readonly zone: string;
  readonly catalog: Catalog;
}

/** A finding as one sentence: what is wrong with which table, and what it means for the numbers. */
export function sayFinding(finding: CheckResult, saying: SayingChecks): string {
  const { say, locale, zone } = saying;
  const { source, subject, value, expected, detail } = finding;
  const share = (of: string | number | null | undefined): string => formatValue(Number(of ?? 0), "share", locale);
  const count = (of: number | null): string => formatValue(Math.round(of ?? 0), "count", locale);
  const instant = (of: string | number | undefined): string => formatInstant(String(of ?? ""), locale, zone);
  switch (finding.kind) {
    case "freshness":
      return say("check.freshness", {
        source,
        hours: Math.floor(value ?? 0),
        at: instant(detail.through),
        metrics: metricsOn(source, saying),
      });
    case "volume":
      if (subject !== "gap") return say("check.volume", { source, n: count(value), expected: count(expected) });
      return say("check.gap", {
        source,
        n: count(value),
        expected: count(expected),
        from: instant(detail.from),
        to: instant(detail.to),
      });
    case "nulls":
      return say("check.nulls", { source, subject, share: share(value), before: share(expected) });
    case "values":
      return say("check.values", { source, subject, n: count(value), values: String(detail.values ?? "") });
    case "keys":
      return say("check.keys", { source, n: count(value), rows: count(Number(detail.rows ?? 0)) });
    case "references":
      return say("check.references", { source, subject, n: count(value), rows: count(Number(detail.rows ?? 0)) });
    case "schema":
      return say(detail.went ? "check.schema.went" : "check.schema.came", {
        source,
        columns: String(detail.went || detail.came || ""),
      });
    case "mix":
      return say("check.mix", {
        source,
        subject,
        value: String(detail.moved ?? ""),
        share: share(detail.share),
        before: share(detail.before),
      });
    default:
      return finding.kind satisfies never;
  }
}

const NAMED_MAX = 2;

/** "Overturn rate, Appeals filed and 3 more": the metrics that a late table holds back. */
function metricsOn(source: string, { catalog, say, language }: SayingChecks): string {
  const labels = [...catalog.metrics.values()]
    .filter(({ reads, shows }) => reads.includes(source) && shows.length === 0)
    .map(({ label, id }) => label[language]?.[0] ?? label.en?.[0] ?? id);
  if (labels.length === 0) return say("check.nothing");
  const named = labels.slice(0, NAMED_MAX).join(", ");
  return labels.length > NAMED_MAX ? say("check.more", { named, n: labels.length - NAMED_MAX }) : named;
}
