import type { ChartPort, Reply } from "../chat/port.ts";
import type { PostContent } from "../chat/post.ts";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { renderNote as larkNote } from "../platforms/lark/note.ts";
import { type CardChart, chartsThatFit, renderAnswer as larkCard } from "../platforms/lark/render.ts";
import { renderNote as slackNote } from "../platforms/slack/note.ts";
import { renderNotice, renderAnswer as slackMessage } from "../platforms/slack/render.ts";

/** How the other platforms would send a reply, for the local page. */
export function createViews(charts: ChartPort): {
  readonly slack: (reply: Reply) => object;
  readonly lark: (reply: Reply) => object;
  readonly post: (content: PostContent) => { readonly slack: object | null; readonly lark: object | null };
} {
  const cards = (specs: readonly ChartSpec[]): CardChart[] => {
    const drawn = specs.map((spec) => charts.vchart(spec));
    const fits = chartsThatFit(drawn);
    return drawn.map((spec, index) => (fits[index] ? { form: "spec", spec } : { form: "missing" }));
  };
  return {
    post: (content) => {
      if (content.type === "answer")
        return {
          slack: slackMessage(content.answer, charts, "native"),
          lark: larkCard(content.answer, cards(content.answer.charts), null),
        };
      const { note } = content;
      const [chart = { form: "missing" as const }] = cards(note.chart ? [note.chart] : []);
      return { slack: slackNote(note, charts, "native"), lark: larkNote(note, chart, "") };
    },
    slack: (reply) => {
      if (reply.type === "answer") return slackMessage(reply.answer, charts, "native");
      return renderNotice(reply.type === "notice" ? reply.text : "");
    },
    lark: (reply) => {
      if (reply.type !== "answer") return {};
      return larkCard(reply.answer, cards(reply.answer.charts), null);
    },
  };
}
