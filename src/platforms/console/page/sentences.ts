import type { Words } from "./words.ts";

/** What is told as one sentence instead of an answer. */
export interface Mishap {
  readonly trouble: "offline" | "busy" | "request" | "unknown" | "fault" | "handled";
  readonly reference?: string;
}

/** The sentence in the page's language; a fault carries the reference under which the log has its cause. */
export function sentenceOf(mishap: Mishap, words: Words): string {
  switch (mishap.trouble) {
    case "offline":
    case "busy":
    case "handled":
    case "request":
      return words(mishap.trouble);
    case "unknown":
      return words("request");
    case "fault":
      return words("fault", { reference: mishap.reference ?? "–" });
    default:
      return mishap.trouble satisfies never;
  }
}
