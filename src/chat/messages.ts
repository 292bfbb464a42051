import { IntlMessageFormat } from "intl-messageformat";
import type { Language } from "./answer.ts";
import en from "./messages/en.json" with { type: "json" };
import id from "./messages/id.json" with { type: "json" };
import th from "./messages/th.json" with { type: "json" };
import vi from "./messages/vi.json" with { type: "json" };
import zh from "./messages/zh.json" with { type: "json" };

/** Every key of the message catalogue; all five languages have all of them (checked by the compiler below). */
export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;
/** Says one message in one language: ICU message format, numbers and plurals by locale. */
export type Say = (key: MessageKey, values?: MessageValues) => string;

const CATALOGUE: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = { en, zh, id, vi, th };
const parsed = new Map<string, IntlMessageFormat>();

/** The voice of a language; messages are parsed on first use and kept. */
export function sayIn(language: Language, locale: string): Say {
  return (key, values) => {
    const id = `${locale}/${key}`;
    let message = parsed.get(id);
    if (!message) {
      message = new IntlMessageFormat(CATALOGUE[language][key], locale, undefined, { ignoreTag: true });
      parsed.set(id, message);
    }
    return String(message.format(values as Record<string, string | number>));
  };
}
