import type { types } from "@slack/bolt";
import { z } from "zod";
import type { Language } from "../../chat/answer.ts";
import type { FormModel } from "../../chat/port.ts";
import { FORM_CALLBACK } from "./actions.ts";
import { slackLimits } from "./limits.ts";
import { safeLine } from "./text.ts";
import { wordsIn } from "./words.ts";

/** The form for people who do not like to type: its choices become the words that they would have typed. */
export const formOriginSchema = z.object({
  channel: z.string().max(64).nullable(),
  responseUrl: z.string().max(2_000).nullable(),
  ephemeral: z.boolean(),
});
/** Where the form was opened: its answer goes there. */
export type FormOrigin = z.infer<typeof formOriginSchema>;

/** The modal view for `views.open`. */
export function formView(model: FormModel, language: Language, origin: FormOrigin): types.ModalView {
  const words = wordsIn(language);
  return {
    type: "modal",
    callback_id: FORM_CALLBACK,
    private_metadata: JSON.stringify({
      channel: origin.channel,
      responseUrl: origin.responseUrl,
      ephemeral: origin.ephemeral,
    }),
    title: plain(words.formTitle, 24),
    submit: plain(words.formSubmit, 24),
    close: plain(words.formCancel, 24),
    blocks: [
      input("metric", words.formMetric, false, {
        type: "static_select",
        action_id: "metric",
        placeholder: plain(words.formPick, 150),
        option_groups: groups(model.metrics.map(({ group, label, id }) => ({ group, label, value: id }))),
      }),
      ...when(model.dimensions.length > 0, () =>
        input("split", words.formSplit, true, {
          type: "static_select",
          action_id: "split",
          placeholder: plain(words.formPick, 150),
          options: options(model.dimensions.map(({ label, id }) => ({ label, value: id }))),
        }),
      ),
      ...when(filters(model).length > 0, () =>
        input("only", words.formOnly, true, {
          type: "multi_static_select",
          action_id: "only",
          placeholder: plain(words.formPick, 150),
          max_selected_items: 10,
          option_groups: groups(filters(model)),
        }),
      ),
      ...when(model.periods.length > 0, () =>
        input("period", words.formPeriod, true, {
          type: "static_select",
          action_id: "period",
          placeholder: plain(words.formPick, 150),
          options: options(model.periods.map(({ label, words: value }) => ({ label, value }))),
        }),
      ),
    ],
  };
}

const chosen = z.object({ value: z.string().min(1).max(slackLimits.option_value_characters_max) });
const stateSchema = z.object({
  metric: z.object({ metric: z.object({ selected_option: chosen }) }),
  split: z.object({ split: z.object({ selected_option: chosen.nullish() }) }).optional(),
  only: z.object({ only: z.object({ selected_options: z.array(chosen).max(20).nullish() }) }).optional(),
  period: z.object({ period: z.object({ selected_option: chosen.nullish() }) }).optional(),
});

/** What was chosen, as words: "overturn by market market=ID last 14 days"; null when the state is not of our form. */
export function formWords(values: unknown, language: Language): string | null {
  const parsed = stateSchema.safeParse(values);
  if (!parsed.success) return null;
  const { metric, split, only, period } = parsed.data;
  const dimension = split?.split.selected_option?.value;
  return [
    metric.metric.selected_option.value,
    ...(dimension ? [wordsIn(language).by, dimension] : []),
    ...(only?.only.selected_options ?? []).map((option) => option.value),
    period?.period.selected_option?.value ?? "",
  ]
    .join(" ")
    .trim();
}

interface Choice {
  readonly group: string;
  readonly label: string;
  readonly value: string;
}

/** `dimension=value` is always a filter for the language, whatever else the value's words may mean. */
const filters = (model: FormModel): Choice[] =>
  model.dimensions.flatMap(({ id, label: group, values }) =>
    values.map((value) => ({
      group,
      label: value.label,
      value: `${id}=${/\s/u.test(value.id) ? `"${value.id}"` : value.id}`,
    })),
  );

function groups(choices: readonly Choice[]): { label: types.PlainTextElement; options: types.PlainTextOption[] }[] {
  const byGroup = new Map<string, Choice[]>();
  for (const choice of choices) byGroup.set(choice.group, [...(byGroup.get(choice.group) ?? []), choice]);
  return [...byGroup]
    .map(([label, inGroup]) => ({
      label: plain(label, slackLimits.option_text_characters_max),
      options: options(inGroup),
    }))
    .filter((group) => group.options.length > 0)
    .slice(0, slackLimits.options_max);
}

const options = (choices: readonly { label: string; value: string }[]): types.PlainTextOption[] =>
  choices
    .filter(({ value }) => value.length <= slackLimits.option_value_characters_max)
    .slice(0, slackLimits.options_max)
    .map(({ label, value }) => ({ text: plain(label || value, slackLimits.option_text_characters_max), value }));

const input = (
  blockId: string,
  label: string,
  optional: boolean,
  element: types.StaticSelect | types.MultiStaticSelect,
): types.InputBlock => ({ type: "input", block_id: blockId, optional, label: plain(label, 2_000), element });

const plain = (text: string, max: number): types.PlainTextElement => ({
  type: "plain_text",
  text: safeLine(text, max),
  emoji: false,
});

const when = <T>(condition: boolean, make: () => T): T[] => (condition ? [make()] : []);
