import { z } from "zod";

/**
 * What Lark's server says to a card, from its documentation of card JSON 2.0: an unknown property is an error, tables only at the root,
 * at most five tables and five charts, page size 1–10, no functions, 200 elements. Written for the stub, independently of the adapter.
 * @returns the server's complaint, or null when the card is taken.
 */
export function cardComplaint(card: unknown): string | null {
  const parsed = cardSchema.safeParse(card);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `ErrCode: 200621; ErrMsg: ${issue?.code} at ${issue?.path.join(".")}: ${issue?.message}`;
  }
  const tags = tagsOf(card);
  if (count(tags, "table") > 5) return "ErrCode: 11310; ErrMsg: table number over limit";
  if (count(tags, "chart") > 5) return "ErrCode: 11311; ErrMsg: chart number over limit";
  if (tags.length > 200) return "ErrCode: 11312; ErrMsg: element exceeds the limit";
  return null;
}

const margin = z.string().regex(/^(-?\d{1,2}px ?){1,4}$/);
const spacing = z.string().regex(/^(\d{1,2}px|small|medium|large|extra_large)$/);
const elementId = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,19}$/);
const base = { element_id: elementId.optional(), margin: margin.optional() };
const colour = z.enum(["default", "grey", "red", "green", "blue", "orange"]);
const textSize = z.enum([
  "heading-0",
  "heading-1",
  "heading-2",
  "heading-3",
  "heading-4",
  "heading",
  "normal",
  "notation",
  "xxxx-large",
  "xxx-large",
  "xx-large",
  "x-large",
  "large",
  "medium",
  "small",
  "x-small",
]);

const plainText = z.strictObject({
  tag: z.literal("plain_text"),
  content: z.string(),
  i18n_content: z.record(z.string(), z.string()).optional(),
});
const styledText = z.strictObject({
  tag: z.enum(["plain_text", "lark_md"]),
  content: z.string(),
  text_size: textSize.optional(),
  text_align: z.enum(["left", "center", "right"]).optional(),
  text_color: colour.optional(),
  lines: z.number().int().positive().optional(),
});
const div = z.strictObject({ tag: z.literal("div"), ...base, width: z.string().optional(), text: styledText });
const markdown = z.strictObject({
  tag: z.literal("markdown"),
  ...base,
  content: z.string(),
  text_size: textSize.optional(),
  text_align: z.enum(["left", "center", "right"]).optional(),
});
const rule = z.strictObject({ tag: z.literal("hr"), ...base });
const picture = z.strictObject({
  tag: z.literal("img"),
  ...base,
  img_key: z.string().regex(/^img_/),
  alt: plainText,
  title: plainText.optional(),
  corner_radius: z.string().optional(),
  scale_type: z.enum(["crop_center", "crop_top", "fit_horizontal"]).optional(),
  size: z.string().optional(),
  transparent: z.boolean().optional(),
  preview: z.boolean().optional(),
});
const chart = z.strictObject({
  tag: z.literal("chart"),
  ...base,
  aspect_ratio: z.enum(["1:1", "2:1", "4:3", "16:9"]).optional(),
  color_theme: z.enum(["brand", "rainbow", "complementary", "converse", "primary"]).optional(),
  chart_spec: z.looseObject({ type: z.string() }),
  preview: z.boolean().optional(),
  height: z.string().optional(),
});
const table = z
  .strictObject({
    tag: z.literal("table"),
    ...base,
    page_size: z.number().int().min(1).max(10).optional(),
    row_height: z
      .string()
      .regex(/^(low|middle|high|auto|\d{2,3}px)$/)
      .optional(),
    row_max_height: z.string().optional(),
    freeze_first_column: z.boolean().optional(),
    header_style: z
      .strictObject({
        text_align: z.enum(["left", "center", "right"]).optional(),
        text_size: z.enum(["normal", "heading"]).optional(),
        background_style: z.enum(["grey", "none"]).optional(),
        text_color: z.enum(["default", "grey"]).optional(),
        bold: z.boolean().optional(),
        lines: z.number().int().min(1).optional(),
      })
      .optional(),
    columns: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          display_name: z.string().optional(),
          data_type: z.enum(["text", "lark_md", "markdown", "options", "number", "persons", "date"]),
          width: z.string().optional(),
          vertical_align: z.enum(["top", "center", "bottom"]).optional(),
          horizontal_align: z.enum(["left", "center", "right"]).optional(),
          format: z.unknown().optional(),
          date_format: z.string().optional(),
        }),
      )
      .min(1)
      .max(50),
    rows: z.array(z.record(z.string(), z.unknown())),
  })
  .refine(
    (given) => given.rows.every((row) => Object.keys(row).every((key) => given.columns.some((c) => c.name === key))),
    {
      message: "a row names a column that does not exist",
    },
  );
const button = z.strictObject({
  tag: z.literal("button"),
  ...base,
  type: z
    .enum([
      "default",
      "primary",
      "danger",
      "text",
      "primary_text",
      "danger_text",
      "primary_filled",
      "danger_filled",
      "laser",
    ])
    .optional(),
  size: z.enum(["tiny", "small", "medium", "large"]).optional(),
  width: z.string().optional(),
  text: plainText.optional(),
  hover_tips: plainText.optional(),
  disabled: z.boolean().optional(),
  behaviors: z
    .array(
      z.strictObject({ type: z.literal("callback"), value: z.union([z.string(), z.record(z.string(), z.unknown())]) }),
    )
    .optional(),
  name: z.string().optional(),
});
const column = z.strictObject({
  tag: z.literal("column"),
  ...base,
  width: z.string().optional(),
  weight: z.number().int().min(1).max(5).optional(),
  vertical_align: z.enum(["top", "center", "bottom"]).optional(),
  elements: z.array(z.union([div, markdown, rule, picture, chart, button])),
});
const columnSet = z.strictObject({
  tag: z.literal("column_set"),
  ...base,
  flex_mode: z.enum(["none", "stretch", "flow", "bisect", "trisect"]).optional(),
  horizontal_spacing: spacing.optional(),
  horizontal_align: z.enum(["left", "center", "right"]).optional(),
  background_style: z.string().optional(),
  columns: z.array(column),
});
const cardSchema = z.strictObject({
  schema: z.literal("2.0"),
  config: z
    .strictObject({
      streaming_mode: z.boolean().optional(),
      update_multi: z.literal(true).optional(),
      width_mode: z.enum(["default", "compact", "fill"]).optional(),
      enable_forward: z.boolean().optional(),
      enable_forward_interaction: z.boolean().optional(),
      summary: z
        .strictObject({ content: z.string(), i18n_content: z.record(z.string(), z.string()).optional() })
        .optional(),
    })
    .optional(),
  header: z
    .strictObject({
      title: z.strictObject({ tag: z.enum(["plain_text", "lark_md"]), content: z.string().min(1) }),
      subtitle: z.strictObject({ tag: z.enum(["plain_text", "lark_md"]), content: z.string() }).optional(),
      template: z
        .enum([
          "blue",
          "wathet",
          "turquoise",
          "green",
          "yellow",
          "orange",
          "red",
          "carmine",
          "violet",
          "purple",
          "indigo",
          "grey",
          "default",
        ])
        .optional(),
      padding: z.string().optional(),
    })
    .optional(),
  body: z.strictObject({
    direction: z.enum(["vertical", "horizontal"]).optional(),
    padding: z.string().optional(),
    vertical_spacing: spacing.optional(),
    horizontal_spacing: spacing.optional(),
    elements: z
      .array(z.discriminatedUnion("tag", [div, markdown, rule, picture, chart, table, button, columnSet]))
      .min(1),
  }),
});

/** Tags of all elements, but not of what a chart's own spec holds. */
function tagsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(tagsOf);
  if (typeof value !== "object" || value === null) return [];
  const { tag, ...rest } = value as { tag?: unknown } & Record<string, unknown>;
  const own = typeof tag === "string" && tag !== "plain_text" ? [tag] : [];
  return tag === "chart" ? own : [...own, ...Object.values(rest).flatMap(tagsOf)];
}
const count = (tags: readonly string[], tag: string): number => tags.filter((one) => one === tag).length;
