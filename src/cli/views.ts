import type { ChartPort, Reply } from "../chat/port.ts";
import { type CardChart, chartsThatFit, renderAnswer as larkCard } from "../platforms/lark/render.ts";
import { renderNotice, renderAnswer as slackMessage } from "../platforms/slack/render.ts";

/** How the other platforms would send a reply, for the local page. */
export function createViews(charts: ChartPort): {
  readonly slack: (reply: Reply) => object;
  readonly lark: (reply: Reply) => object;
} {
  return {
    slack: (reply) => {
      if (reply.type === "answer") return slackMessage(reply.answer, charts, "native");
      return renderNotice(reply.type === "notice" ? reply.text : "");
    },
    lark: (reply) => {
      if (reply.type !== "answer") return {};
      const specs = reply.answer.charts.map((spec) => charts.vchart(spec));
      const fits = chartsThatFit(specs);
      const cards = specs.map((spec, index): CardChart => (fits[index] ? { form: "spec", spec } : { form: "missing" }));
      return larkCard(reply.answer, cards, null);
    },
  };
}
