import { stringify } from "csv-stringify/sync";
import type { AnswerTable } from "../chat/answer.ts";

/**
 * The machine table as CSV (RFC 4180). Text that a spreadsheet would run as a formula gets a leading apostrophe; flags are joined by a
 * space; unknown is empty.
 */
export function csvOf(table: AnswerTable): string {
  const header = table.columns.map((column) => column.id);
  const rows = table.rows.map((row) => row.map((cell) => cellText(cell)));
  return stringify([header, ...rows], { record_delimiter: "\r\n" });
}

function cellText(cell: AnswerTable["rows"][number][number]): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  if (typeof cell === "string") return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return cell.join(" ");
}
