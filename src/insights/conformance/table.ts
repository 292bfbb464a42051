/** Rows of a plain CSV (first line names, quotes around text allowed, no commas inside) as records of text. */
export function parseTable(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = "", ...lines] = text.trim().split(/\r?\n/);
  const names = cells(head);
  return lines.map((line) => {
    const values = cells(line);
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
  });
}

const cells = (line: string): string[] => line.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1"));
