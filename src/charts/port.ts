import type { ChartSpec } from "../kernel/chart-spec.ts";
import { png } from "./png.ts";
import { slackChart } from "./slack.ts";
import { chartText } from "./text.ts";
import { vchart } from "./vchart.ts";

/** The four renderings of a chart, in the form that the platforms are given (ChartPort of src/chat/port.ts, by shape). */
export function createChartPort(): {
  png(spec: ChartSpec): Promise<Uint8Array>;
  slack(spec: ChartSpec): Readonly<Record<string, unknown>> | null;
  vchart(spec: ChartSpec): Readonly<Record<string, unknown>>;
  text(spec: ChartSpec): string;
} {
  return { png, slack: (spec) => asJson(slackChart(spec)), vchart, text: chartText };
}

/** An interface has no index signature, so that TypeScript wants it said that the block is plain JSON. */
const asJson = <T extends object>(block: T | null): Readonly<Record<string, unknown>> | null =>
  block as Readonly<Record<string, unknown>> | null;
