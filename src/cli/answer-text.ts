import type { Answer, TableView } from "../chat/answer.ts";

/** An answer as a terminal shows it: headline, echo, table, caveats, next questions. */
export function answerText(answer: Answer): string {
  const next = answer.next.map((step, index) => `  ${index + 1}. ${step.label}`);
  const blocks = [
    answer.headline,
    answer.echo,
    ...answer.body,
    answer.findings.map((finding) => `• ${finding.text}`).join("\n"),
    answer.view ? tableText(answer.view) : "",
    answer.caveats.map((caveat) => `! ${caveat.text}`).join("\n"),
    answer.dataLine,
    answer.status === "clarify" || next.length === 0 ? "" : `→\n${next.join("\n")}`,
    answer.receipt ? `(${answer.receipt})` : "",
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function tableText(view: TableView): string {
  const widths = view.columns.map((column, index) =>
    Math.max(width(column.label), ...view.rows.map((row) => width(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(cell, widths[index] ?? 0, view.columns[index]?.align ?? "left"))
      .join("  ")
      .trimEnd();
  const rows = [line(view.columns.map((column) => column.label)), ...view.rows.map(line)];
  return view.more > 0 ? [...rows, `… +${view.more}`].join("\n") : rows.join("\n");
}

function pad(text: string, to: number, align: "left" | "right"): string {
  const gap = " ".repeat(Math.max(0, to - width(text)));
  return align === "right" ? gap + text : text + gap;
}

/** Columns that a terminal gives a text: wide for East Asian characters, none for combining marks. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1;
  }
  return columns;
}
