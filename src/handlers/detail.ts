import type { Answer, Language } from "../chat/answer.ts";
import { localeFor } from "../chat/format.ts";
import { sayIn } from "../chat/messages.ts";
import type { Inbound, Reply } from "../chat/port.ts";
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
  { receipt, detail }: { readonly receipt: Receipt; readonly detail: "sql" | "csv" },
  language: Language,
  { reader, fresh }: { readonly reader: Inbound; readonly fresh?: Answer },
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
    // What may be shown is judged anew, by who reads it and where.
    asker: { person: reader.person.id, last: null, channels: {}, people: [], words: "" },
  };
  const answer = fresh ?? (await answererOf(parts)(kept.question, null, asking, reader.where));
  if (answer.status !== "answered") return { type: "notice", language, text: answer.headline };
  return {
    type: "csv",
    receipt,
    title: say("csv.title", { receipt }),
    fileName: `modstats-${receipt}.csv`,
    content: csvOf(answer.table),
  };
}
