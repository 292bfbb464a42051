import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "../../../src/kernel/question.ts";
import { receive, type Self } from "../../../src/platforms/lark/receive.ts";
import { overturnByMarket } from "./fixture.ts";

const self: Self = { openId: "ou_bot" };

const message = (over: object = {}, text = "@_user_1 overturn rate", mentions: unknown = [botMention]) => ({
  schema: "2.0",
  event_id: "e1",
  event_type: "im.message.receive_v1",
  tenant_key: "t1",
  sender: { sender_id: { open_id: "ou_ana" }, sender_type: "user" },
  message: {
    message_id: "om_1",
    chat_id: "oc_1",
    chat_type: "group",
    message_type: "text",
    content: JSON.stringify({ text }),
    mentions,
    ...over,
  },
});
const botMention = { key: "@_user_1", id: { open_id: "ou_bot" }, name: "modstats" };
const click = (value: unknown, over: object = {}) => ({
  schema: "2.0",
  event_id: "e2",
  event_type: "card.action.trigger",
  tenant_key: "t1",
  token: "c-123",
  operator: { open_id: "ou_ana", tenant_key: "t1" },
  action: { tag: "button", value },
  context: { open_message_id: "om_card", open_chat_id: "oc_1" },
  ...over,
});
const wordsOf = (event: unknown): unknown => {
  const received = receive(event, self);
  return received.type === "inbound" && received.inbound.act.type === "words" ? received.inbound.act : received.type;
};

describe("what a person did in Lark", () => {
  it("is words without the mention, named by event id and by tenant and message id", () => {
    expect(receive(message(), self)).toEqual({
      type: "inbound",
      replyTo: "om_1",
      inbound: {
        where: { platform: "lark", tenant: "t1", channel: "oc_1" },
        thread: null,
        person: { id: "ou_ana" },
        deliveries: ["event:e1", "message:t1:om_1"],
        act: { type: "words", text: "overturn rate", spokenTo: true },
      },
    });
  });

  it("has the same delivery names when one message comes under two event ids", () => {
    const first = receive(message(), self);
    const second = receive({ ...message(), event_id: "e9" }, self);
    const names = [first, second].map((one) => (one.type === "inbound" ? one.inbound.deliveries : []));
    expect(names[0]?.filter((name) => names[1]?.includes(name))).toEqual(["message:t1:om_1"]);
  });

  it("is a command with /modstats, typed or picked, with or without a mention", () => {
    expect(wordsOf(message({}, "/modstats overturn rate", []))).toMatchObject({
      text: "overturn rate",
      spokenTo: true,
    });
    expect(wordsOf(message({}, "@_user_1 /modstats overturn rate"))).toMatchObject({ text: "overturn rate" });
    expect(wordsOf(message({}, "/MODSTATS", []))).toMatchObject({ text: "", spokenTo: true });
    expect(wordsOf(message({}, "/modstatsx", []))).toBe("ignored");
  });

  it("stands in the thread of its root", () => {
    const received = receive(message({ root_id: "om_root", parent_id: "om_x" }, "and in ID?", []), self);
    expect(received).toMatchObject({ inbound: { thread: "om_root", act: { spokenTo: false } }, replyTo: "om_1" });
  });

  it("removes every mention, also that of the eleventh person", () => {
    const many = [botMention, { key: "@_user_11", id: { open_id: "ou_x" } }];
    expect(wordsOf(message({}, "@_user_1 tat for @_user_11 @_all please", many))).toMatchObject({
      text: "tat for please",
    });
  });

  it("reads rich text without its mentions and pictures", () => {
    const content = JSON.stringify({
      title: "Weekly",
      content: [
        [
          { tag: "at", user_id: "@_user_1" },
          { tag: "text", text: " overturn rate " },
          { tag: "a", text: "by market", href: "https://x" },
        ],
        [{ tag: "img", image_key: "k" }],
      ],
    });
    expect(wordsOf(message({ message_type: "post", content }))).toMatchObject({
      text: "Weekly overturn rate by market",
    });
  });

  it("is nothing when a bot, this bot, or nobody to us speaks", () => {
    const from = (sender: object) => receive({ ...message(), sender }, self).type;
    expect(from({ sender_id: { open_id: "ou_other" }, sender_type: "app" })).toBe("ignored");
    expect(from({ sender_id: { open_id: "ou_bot" }, sender_type: "user" })).toBe("ignored");
    expect(wordsOf(message({}, "lunch?", []))).toBe("ignored");
    expect(wordsOf(message({}, "hi @_user_1", [{ key: "@_user_1", id: { open_id: "ou_ana2" } }]))).toBe("ignored");
    expect(wordsOf(message({ message_type: "image", content: '{"image_key":"k"}' }))).toBe("ignored");
  });

  it("is spoken to the bot in a direct chat, even a picture", () => {
    expect(wordsOf(message({ chat_type: "p2p" }, "backlog", undefined))).toMatchObject({
      text: "backlog",
      spokenTo: true,
    });
    expect(wordsOf(message({ chat_type: "p2p", message_type: "image", content: "{}" }))).toMatchObject({ text: "" });
  });

  it("is a choice with a button, in the thread that the button names", () => {
    const q = canonical(overturnByMarket);
    expect(receive(click({ q, t: "om_root" }), self)).toMatchObject({
      type: "inbound",
      replyTo: "om_card",
      inbound: {
        thread: "om_root",
        deliveries: ["event:e2", "click:c-123:button"],
        act: { type: "choice", question: overturnByMarket },
      },
    });
    expect(receive(click({ q }), self)).toMatchObject({ inbound: { thread: "om_card" } });
    expect(receive(click({ r: "r-1", d: "csv" }), self)).toMatchObject({
      inbound: { act: { type: "detail", detail: "csv" } },
    });
  });

  it("is a stale button when its value is of another version or no question at all", () => {
    for (const value of [
      null,
      "x",
      {},
      { q: "{}" },
      { q: "not json" },
      { q: canonical(overturnByMarket), extra: 1 },
      { r: "r-1", d: "png" },
    ]) {
      expect(receive(click(value), self)).toEqual({ type: "stale" });
    }
  });

  it("crashes on none of 10,000 mutated events", () => {
    const bases = [message(), click({ q: canonical(overturnByMarket) })];
    const mutation = fc.record({
      base: fc.constantFrom(...bases),
      seed: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      junk: fc.array(fc.oneof(fc.jsonValue(), fc.string(), fc.constant(null), fc.constant("__proto__")), {
        minLength: 1,
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(mutation, ({ base, seed, junk }) => {
        const received = receive(mutated(base, seed, junk), self);
        expect(["inbound", "stale", "ignored"]).toContain(received.type);
      }),
      { numRuns: 10_000 },
    );
  });

  it("crashes on nothing that JSON can say", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(receive(value, self).type).toBe("ignored");
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Replaces some places of the event, picked by the seed, by junk. */
function mutated(base: object, seed: readonly number[], junk: readonly unknown[]): unknown {
  const copy: unknown = structuredClone(base);
  seed.forEach((pick, index) => {
    const places = placesOf(copy);
    const place = places[pick % Math.max(1, places.length)];
    if (place) place.holder[place.key] = structuredClone(junk[index % junk.length]);
  });
  return copy;
}
function placesOf(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}
