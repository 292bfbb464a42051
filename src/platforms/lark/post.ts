import type { Answer, Language } from "../../chat/answer.ts";
import type { Reply } from "../../chat/port.ts";
import { wireBytes } from "./card.ts";
import { ENVELOPE_BYTES, MESSAGE_BYTES_MAX } from "./limits.ts";
import { oneLine, plain, visible } from "./plain.ts";
import { WORDS } from "./words.ts";

/**
 * Lark's `post` message. Its nodes are typed, so that text in a `text` node stays text: unlike in a `text` message, an `<at>` tag or a
 * markdown link from the data is only letters.
 */
export interface Post {
  readonly title?: string;
  readonly content: readonly (readonly PostNode[])[];
}
export type PostNode =
  | { readonly tag: "text"; readonly text: string }
  | { readonly tag: "code_block"; readonly language: "SQL"; readonly text: string };

/** One sentence. */
export function noticePost(sentence: string): Post {
  return { content: [[textNode(plain(sentence, 2_000))]] };
}

/** The whole answer as text, for when Lark refuses its card; says so itself. Rows beyond what fits are counted. */
export function answerPost(answer: Answer): Post {
  const words = WORDS[answer.language];
  for (const rowsMax of [60, 20, 5, 0]) {
    const post = linesPost(answer.headline, [
      answer.echo,
      ...answer.body.slice(0, 20),
      ...tableLines(answer, rowsMax),
      ...answer.findings.slice(0, 10).map((finding) => `• ${finding.text}`),
      ...answer.caveats.slice(0, 10).map((caveat) => `⚠ ${caveat.text}`),
      answer.dataLine,
      ...(answer.next.length > 0 ? [`${words.nextSteps}: ${answer.next.map((step) => step.label).join(" · ")}`] : []),
      words.cardRefused,
    ]);
    if (wireBytes(contentOf(post, answer.language)) + ENVELOPE_BYTES <= MESSAGE_BYTES_MAX) return post;
  }
  return linesPost(answer.headline, [oneLine(answer.echo, 500), words.cardRefused]);
}

/** The statements as code; null when they are larger than a message, so that they must travel as a file. */
export function sqlPost(reply: Extract<Reply, { type: "sql" }>): Post | null {
  const post: Post = {
    title: oneLine(reply.title, 200),
    content: reply.statements.flatMap((statement) => [
      [{ tag: "code_block", language: "SQL", text: visible(statement.text) } as const],
      ...(statement.params ? [[textNode(plain(statement.params, 2_000))]] : []),
    ]),
  };
  return wireBytes(contentOf(post, "en")) + ENVELOPE_BYTES <= MESSAGE_BYTES_MAX ? post : null;
}

/** The `content` of the request: Lark wants the post under a locale; every client shows the one that is there. */
export function contentOf(post: Post, language: Language): unknown {
  return { [language === "zh" ? "zh_cn" : "en_us"]: post };
}

const textNode = (text: string): PostNode => ({ tag: "text", text });

const linesPost = (title: string, lines: readonly string[]): Post => ({
  title: oneLine(title, 200),
  content: lines.filter((line) => line !== "").map((line) => [textNode(plain(line, 1_000))]),
});

function tableLines(answer: Answer, rowsMax: number): readonly string[] {
  const view = answer.view;
  if (!view) return [];
  const words = WORDS[answer.language];
  const rows = view.rows.slice(0, rowsMax);
  const hidden = view.rows.length - rows.length + view.more;
  return [
    view.columns.map((column) => column.label).join(" | "),
    ...rows.map((row) => row.join(" | ")),
    ...(hidden > 0 ? [`${words.leftOut}: ${words.rows} ${hidden}.`] : []),
  ];
}
