import type { Answer, Language } from "../chat/answer.ts";
import { localeFor } from "../chat/format.ts";
import { sayIn } from "../chat/messages.ts";
import type { Reply } from "../chat/port.ts";
import type { Receipt } from "../kernel/brand.ts";
import { findReceipt } from "../queries/state/receipts.ts";
import { answererOf } from "./answer.ts";
import type { Asking } from "./asking.ts";
import { csvOf } from "./csv.ts";
import type { BotParts } from "./parts.ts";
import { refusalSentence } from "./refuse.ts";

/** "Show SQL" and "CSV" of an answer: read from its receipt, the CSV computed again as of the same moment. */
export async function detailReply(
  parts: BotParts,
  receipt: Receipt,
  detail: "sql" | "csv",
  language: Language,
  fresh?: Answer,
): Promise<Reply> {
  const say = sayIn(language, localeFor(language));
  const kept = await findReceipt(parts.writer, receipt);
  if (!kept) {
    const asking = { catalog: parts.catalog, language, say } as Asking;
    return {
      type: "notice",
      language,
      text: refusalSentence({ code: "unknown_receipt", params: { receipt } }, asking),
    };
  }
  if (detail === "sql") {
    const statements = kept.sql.map((record) => ({ text: record.text, params: JSON.stringify(record.params) }));
    return { type: "sql", receipt, title: say("sql.title", { receipt }), statements };
  }
  const asking: Asking = {
    catalog: parts.catalog,
    measure: parts.measure,
    say,
    language,
    locale: localeFor(language),
    zone: kept.zone,
    now: Date.parse(kept.nowAt),
  };
  const where = { platform: "terminal", tenant: kept.tenant, channel: kept.channel } as const;
  const answer = fresh ?? (await answererOf(parts)(kept.question, null, asking, where));
  if (answer.status !== "answered") return { type: "notice", language, text: answer.headline };
  return {
    type: "csv",
    receipt,
    title: say("csv.title", { receipt }),
    fileName: `modstats-${receipt}.csv`,
    content: csvOf(answer.table),
  };
}
