import type { ChartPort } from "../../chat/port.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import type { Log } from "../../kernel/log.ts";
import type { Deliverer } from "./deliver.ts";
import { type CardChart, chartsThatFit } from "./render.ts";

/** What it takes to get a chart into a card. */
export interface Drawing {
  readonly charts: ChartPort;
  readonly deliverer: Pick<Deliverer, "uploadImage">;
  readonly log: Log;
}

/**
 * VChart where it fits into a card. What does not fit goes as a picture, and so does what VChart in Lark can only approximate by lines
 * (heat maps, small multiples). A picture that cannot be drawn or uploaded falls back to the spec, or is counted as left out by the card.
 */
export async function cardCharts(given: readonly ChartSpec[], talk: Drawing): Promise<readonly CardChart[]> {
  const specs = given.map((chart) => talk.charts.vchart(chart));
  const fits = chartsThatFit(specs);
  return Promise.all(
    given.map(async (chart, index): Promise<CardChart> => {
      const spec = specs[index];
      const asSpec: CardChart = spec && fits[index] ? { form: "spec", spec } : { form: "missing" };
      const faithful = chart.kind === "line" || chart.kind === "bar";
      if (asSpec.form === "spec" && faithful) return asSpec;
      const key = await pictureKey(chart, talk);
      return key === null ? asSpec : { form: "picture", key, alt: talk.charts.text(chart) };
    }),
  );
}

/** The text must go out also when drawing has a bug. */
async function pictureKey(chart: ChartSpec, talk: Drawing): Promise<string | null> {
  try {
    return await talk.deliverer.uploadImage(await talk.charts.png(chart));
  } catch (error) {
    talk.log.error({ platform: "lark", err: error }, "a chart could not be drawn");
    return null;
  }
}
