import { z } from "zod";
import type { Act, Inbound } from "../../chat/port.ts";
import { VERDICTS } from "../../chat/verdict.ts";
import type { Receipt } from "../../kernel/brand.ts";
import { questionSchema } from "../../kernel/question.ts";
import { consoleLimits } from "./limits.ts";
import type { Said } from "./wire.ts";

const id = z.string().regex(/^[\w-]{8,64}$/);
const said = {
  id,
  channel: z.string().min(1).max(80),
  thread: z.string().max(80).nullable(),
  zone: z.string().max(64).refine(isZone).optional(),
  locale: z.string().max(35).regex(/^[\w-]+$/).optional(),
}; // biome-ignore format: one shape, read as one

export const askSchema = z.strictObject({ ...said, text: z.string().trim().min(1).max(consoleLimits.text_chars_max) });
export const choiceSchema = z.strictObject({ ...said, question: questionSchema });
export const verdictSchema = z.strictObject({
  ...said,
  finding: z.string().min(1).max(200),
  verdict: z.enum(VERDICTS),
});
export const detailSchema = z.strictObject({ ...said, receipt: z.string().max(80), detail: z.enum(["sql", "csv"]) });

/** A request of the page → what a person did. Everything on the page is said to the bot, so nothing is merely overheard. */
export const askAct = (request: z.infer<typeof askSchema>): Act => ({
  type: "words",
  text: request.text,
  spokenTo: true,
});
export const choiceAct = (request: z.infer<typeof choiceSchema>): Act => ({
  type: "choice",
  question: request.question,
});
export const detailAct = (request: z.infer<typeof detailSchema>): Act => ({
  type: "detail",
  receipt: request.receipt as Receipt,
  detail: request.detail,
});

export const verdictAct = (request: z.infer<typeof verdictSchema>): Act => ({
  type: "verdict",
  finding: request.finding,
  verdict: request.verdict,
});

/** Where and who: one tenant, one person, the zone and locale of the browser. */
export function inbound(
  request: { [K in keyof Said]: Said[K] | undefined } & { id: string; channel: string },
  act: Act,
): Inbound {
  return {
    where: { platform: "console", tenant: "local", channel: request.channel },
    thread: request.thread ?? null,
    person: {
      id: "local",
      ...(request.zone === undefined ? {} : { zone: request.zone }),
      ...(request.locale === undefined ? {} : { locale: request.locale }),
    },
    deliveries: [`console:${request.id}`],
    act,
  };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
