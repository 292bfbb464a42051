import { formatMagnitude } from "../../chat/format.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import type { Asking } from "../asking.ts";
import type { RiskSituation } from "./situation.ts";
import { cutText } from "./words.ts";

/** What was foretold at the earlier cut-off beside what happened, by tenths of the sellers: the lowest chances first. */
export function riskPicture(situation: RiskSituation, asking: Asking): ChartSpec {
  const { outlook, horizon } = situation;
  const judged = outlook.test ?? outlook.testOfAll;
  const { say, locale } = asking;
  return {
    kind: "bar",
    title: say("risk.chart", { gap: formatMagnitude(judged.calibrationError, "share", locale) }),
    subtitle: say("risk.chart.subtitle", { at: cutText(situation, outlook.cuts.test, asking), days: horizon }),
    unit: "percent",
    locale,
    note: say("risk.chart.note"),
    valueName: say("risk.chart.happened"),
    compareName: say("risk.chart.foretold"),
    items: judged.tenths.map(({ foretold, happened }, i) => ({
      label: String(i + 1),
      value: happened.estimate,
      low: happened.low,
      high: happened.high,
      compare: foretold,
    })),
  };
}
