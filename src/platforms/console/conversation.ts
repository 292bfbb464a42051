import type { Bot, ChartPort, Inbound, Reply } from "../../chat/port.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import type { Log } from "../../kernel/log.ts";
import { consoleLimits } from "./limits.ts";
import type { Heard } from "./wire.ts";

/** The other platforms' renderings of a reply, as the JSON that they would send. */
export interface Views {
  readonly slack: (reply: Reply) => object;
  readonly lark: (reply: Reply) => object;
}
export interface Conversation {
  /** What the bot says to it; "busy" when too much is under way. Rejects only on a bug. */
  hear(id: string, inbound: Inbound): Promise<Heard | "busy">;
  /** Charts of an answer given since the start, newest 200. */
  charts(receipt: string): readonly ChartSpec[];
}

/**
 * Speaks with the bot for the page: opens a thread for what was said outside one, binds it to the answer, and gives a request that
 * comes twice under the same id (a retry after a lost reply) the one answer.
 */
export function createConversation(bot: Bot, charts: ChartPort, views: Partial<Views>, log: Log): Conversation {
  const remembered = new Map<string, Promise<Heard>>();
  const drawn = new Map<string, readonly ChartSpec[]>();
  let working = 0;

  return {
    async hear(id, inbound) {
      const before = remembered.get(id);
      if (before) return before;
      if (working >= consoleLimits.working_max) return "busy";
      working += 1;
      const heard = answer(id, inbound).finally(() => {
        working -= 1;
      });
      keep(remembered, id, heard);
      heard.catch(() => remembered.delete(id));
      return heard;
    },
    charts: (receipt) => drawn.get(receipt) ?? [],
  };

  async function answer(id: string, inbound: Inbound): Promise<Heard> {
    const thread = inbound.thread ?? `t-${id}`;
    const reply = await bot.respond(inbound);
    const receipt = reply.type === "answer" ? reply.answer.receipt : null;
    const ref = { ...inbound.where, thread };
    if (receipt !== null && !(await bot.knows(ref))) await bot.bind(ref, receipt);
    const specs = reply.type === "answer" ? reply.answer.charts : [];
    if (receipt !== null && specs.length > 0) keep(drawn, receipt, specs);
    return {
      thread,
      reply,
      views: { slack: view("slack", reply), lark: view("lark", reply) },
      chartTexts: specs.map((spec) => charts.text(spec)),
    };
  }

  /** A rendering that fails costs only its tab, never the answer. */
  function view(name: keyof Views, reply: Reply): object | null {
    try {
      return reply.type === "answer" ? (views[name]?.(reply) ?? null) : null;
    } catch (error) {
      log.error({ err: error, view: name }, "an answer could not be shown as another platform would");
      return null;
    }
  }
}

/** Keeps the newest entries only. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > consoleLimits.remembered_max && !oldest.done) map.delete(oldest.value);
}
