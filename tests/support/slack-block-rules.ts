/**
 * Block Kit's rules as the reference pages give them, written without a look at the renderer: what Slack would answer `invalid_blocks` to.
 */
type Json = Record<string, unknown>;

export function blockProblems(blocks: unknown, surface: "message" | "home" | "modal"): string[] {
  if (!Array.isArray(blocks)) return ["blocks is no array"];
  const problems = blocks.flatMap((block, index) =>
    blockProblem(block as Json, surface).map((p) => `/blocks/${index}: ${p}`),
  );
  const max = surface === "message" ? 50 : 100;
  if (blocks.length > max) problems.push(`more than ${max} blocks`);
  const charts = blocks.filter((block) => (block as Json).type === "data_visualization").length;
  if (charts > 2) problems.push("more than 2 charts");
  const ids = blocks
    .flatMap((block) => ((block as Json).type === "actions" ? ((block as Json).elements as Json[]) : []))
    .map((e) => e.action_id);
  if (new Set(ids).size !== ids.length) problems.push("action_id used twice");
  if (surface === "message" && JSON.stringify(blocks).length > 13_200) problems.push("payload too long");
  return problems;
}

function blockProblem(block: Json, surface: string): string[] {
  switch (block.type) {
    case "header":
      return plainText(block.text, 150);
    case "section":
      return text(block.text, 3_000);
    case "divider":
      return [];
    case "context":
      return list(block.elements, 10, (element) => text(element, 3_000));
    case "actions":
      return list(block.elements, 25, button);
    case "data_table":
      return surface === "message" ? table(block) : ["data_table outside a message"];
    case "data_visualization":
      return surface === "message" ? chart(block) : ["chart outside a message"];
    case "input":
      return surface === "modal"
        ? [...plainText(block.label, 2_000), ...select(block.element as Json)]
        : ["input outside a modal"];
    default:
      return [`unknown block ${String(block.type)}`];
  }
}

function text(value: unknown, max: number): string[] {
  const type = (value as Json | undefined)?.type;
  if (type === "plain_text") return plainText(value, max);
  if (type !== "mrkdwn") return [`text of type ${String(type)}`];
  return length((value as Json).text, 1, max, "mrkdwn");
}
function plainText(value: unknown, max: number): string[] {
  const it = value as Json | undefined;
  return it?.type === "plain_text" ? length(it.text, 1, max, "plain_text") : ["must be plain_text"];
}
function button(value: unknown): string[] {
  const it = value as Json;
  if (it.type !== "button") return [`element ${String(it.type)}`];
  return [
    ...plainText(it.text, 75),
    ...length(it.action_id, 1, 255, "action_id"),
    ...(it.value === undefined ? [] : length(it.value, 1, 2_000, "button value")),
    ...(it.style === undefined || it.style === "primary" || it.style === "danger" ? [] : ["style"]),
  ];
}
function table(block: Json): string[] {
  const rows = block.rows as Json[][];
  if (typeof block.caption !== "string" || block.caption === "") return ["table without caption"];
  if (!Array.isArray(rows) || rows.length < 2 || rows.length > 201) return ["table rows"];
  const columns = rows[0]?.length ?? 0;
  if (columns < 1 || columns > 20 || rows.some((row) => row.length !== columns)) return ["table columns"];
  const page = block.page_size as number;
  if (page !== undefined && (page < 1 || page > 100)) return ["page_size"];
  const cells = rows.flat();
  if (cells.some((cell) => cell.type !== "raw_text" || typeof cell.text !== "string" || cell.text === ""))
    return ["table cell"];
  return cells.reduce((sum, cell) => sum + String(cell.text).length, 0) > 20_000 ? ["table too long"] : [];
}
function chart(block: Json): string[] {
  const it = block.chart as Json;
  const title = length(block.title, 1, 50, "chart title");
  if (it?.type === "pie") return title;
  const categories = ((it?.axis_config as Json)?.categories ?? []) as string[];
  const series = (it?.series ?? []) as { name: string; data: { label: string; value: number }[] }[];
  if (!["line", "bar", "area"].includes(String(it?.type))) return ["chart type"];
  if (categories.length < 1 || categories.length > 20 || categories.some((c) => c.length > 20)) return ["categories"];
  if (series.length < 1 || series.length > 12 || series.some((s) => s.name.length > 20)) return ["series"];
  const complete = series.every(
    (s) =>
      s.data.length === categories.length &&
      s.data.every((d, i) => d.label === categories[i] && typeof d.value === "number"),
  );
  return complete ? title : ["series must match the categories"];
}
function select(element: Json): string[] {
  if (!["static_select", "multi_static_select"].includes(String(element?.type)))
    return [`input element ${String(element?.type)}`];
  const option = (value: unknown): string[] => [
    ...plainText((value as Json).text, 75),
    ...length((value as Json).value, 1, 150, "option value"),
  ];
  if (element.options) return list(element.options, 100, option);
  return list(element.option_groups, 100, (group) => [
    ...plainText((group as Json).label, 75),
    ...list((group as Json).options, 100, option),
  ]);
}
function list(values: unknown, max: number, problem: (value: unknown) => string[]): string[] {
  if (!Array.isArray(values) || values.length < 1 || values.length > max) return [`must have 1–${max} elements`];
  return values.flatMap(problem);
}
const length = (value: unknown, min: number, max: number, what: string): string[] =>
  typeof value === "string" && value.length >= min && value.length <= max
    ? []
    : [`${what} must have ${min}–${max} characters`];
