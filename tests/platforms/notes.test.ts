import { describe, expect, it } from "vitest";
import type { Note } from "../../src/chat/post.ts";
import { VERDICTS } from "../../src/chat/verdict.ts";
import { blank } from "../../src/kernel/question.ts";
import { renderNote as larkNote, notePost } from "../../src/platforms/lark/note.ts";
import { receive } from "../../src/platforms/lark/receive.ts";
import { renderNote as slackNote } from "../../src/platforms/slack/note.ts";
import { receiveAction } from "../../src/platforms/slack/receive.ts";
import { cardComplaint } from "../support/lark-card-rules.ts";
import { buttonsOf as larkButtons } from "../support/lark-stub.ts";
import { charts, line } from "../support/slack-answers.ts";
import { blockProblems } from "../support/slack-block-rules.ts";
import { buttonsOf as slackButtons } from "../support/slack-stub.ts";

/** A finding as a digest posts it. */
const finding: Note = {
  language: "en",
  locale: "en-GB",
  title: "Overturn rate in ID rose to 4.4 %",
  lines: ["Usually 3.1 % (2.6–3.7 %). Mostly appeals on spam.", "Look at the new spam rule of 11 Mar."],
  small: ["Data through 17 Mar 2026, 08:40 (Asia/Jakarta)"],
  chart: line.charts[0] ?? null,
  buttons: [
    { label: "Why", act: { type: "choice", question: { ...blank("why"), metrics: ["overturn"] } } },
    ...VERDICTS.map((verdict) => ({ label: verdict, act: { type: "verdict", finding: "f-1", verdict } as const })),
  ],
  about: { ...blank("metric"), metrics: ["overturn"] },
};
const HOSTILE = [
  "<!channel> <@U1> <https://evil|ok>",
  "*bold* `x` _y_",
  "\u202Egnp.exe",
  "x".repeat(20_000),
  "",
  " \n ",
];

describe("a note in Slack", () => {
  it("says title, lines and small print, and fits Block Kit", () => {
    const message = slackNote(finding, charts, "native");
    expect(blockProblems(message.blocks, "message")).toEqual([]);
    expect(message.text).toBe([finding.title, ...finding.lines].join("\n"));
    expect(message.pictures).toEqual([finding.chart]);
  });
  it("a press of each button is what it says", () => {
    const { blocks } = slackNote(finding, charts, "native");
    const pressed = slackButtons({ blocks } as never).map(({ action_id, value }) =>
      receiveAction({
        type: "block_actions",
        user: { id: "U1", team_id: "T1" },
        team: { id: "T1" },
        trigger_id: "t",
        channel: { id: "C1" },
        message: { ts: "1.000001" },
        actions: [{ action_id, action_ts: "1.0", value }],
      }),
    );
    expect(pressed.map((received) => received.type === "act" && received.inbound.act)).toEqual(
      finding.buttons.map(({ act }) => act),
    );
  });
  it.each(HOSTILE)("%j stays text in every place", (text) => {
    const note = {
      ...finding,
      title: text,
      lines: [text],
      small: [text],
      buttons: [{ ...finding.buttons[0], label: text } as never],
    };
    for (const style of ["native", "plain"] as const) {
      const message = slackNote(note, charts, style);
      expect(blockProblems(message.blocks, "message")).toEqual([]);
      expect(JSON.stringify(message)).not.toMatch(/<[!@#h]|\u202E/u);
    }
  });
});

describe("a note in Lark", () => {
  it("is a card that Lark takes, with its mark small", () => {
    const card = larkNote(finding, { form: "missing" }, "#0123456789");
    expect(cardComplaint(card)).toBeNull();
    expect(JSON.stringify(card)).toContain("#0123456789");
    expect(JSON.stringify(notePost(finding, "#0123456789"))).toContain("#0123456789");
  });
  it("a click on each button is what it says, in the thread of the card", () => {
    const clicked = larkButtons(larkNote(finding, { form: "missing" }, "#1")).map(({ value }) =>
      receive(
        {
          event_type: "card.action.trigger",
          event_id: "e",
          tenant_key: "tenant",
          operator: { open_id: "ou_1" },
          action: { tag: "button", value },
          context: { open_message_id: "om_1", open_chat_id: "oc_1" },
        },
        { openId: "ou_bot" },
      ),
    );
    expect(
      clicked.map((received) => received.type === "inbound" && [received.inbound.act, received.inbound.thread]),
    ).toEqual(finding.buttons.map(({ act }) => [act, "om_1"]));
  });
  it.each(HOSTILE)("%j stays text in every place", (text) => {
    const note = {
      ...finding,
      title: text,
      lines: [text],
      small: [text],
      buttons: [{ ...finding.buttons[0], label: text } as never],
    };
    expect(cardComplaint(larkNote(note, { form: "missing" }, "#1"))).toBeNull();
  });
});
