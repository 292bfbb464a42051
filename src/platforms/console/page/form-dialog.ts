import type { FormModel } from "../../../chat/port.ts";
import { button, h, icon } from "./dom.ts";
import type { Words } from "./words.ts";

const SPLITS_MAX = 2;

/** "Build a question" for people who do not like to type: choices make a sentence, the sentence is asked. It is shown, so it also teaches. */
export function openForm(model: FormModel, words: Words, ask: (text: string) => void): void {
  const metric = metricSelect(model, "form-metric", null);
  const second = metricSelect(model, "form-second", words("form_none"));
  const splits = pills(
    "checkbox",
    "split",
    model.dimensions.map(({ id, label }) => [id, label]),
  );
  const filters = model.dimensions
    .filter(({ values }) => values.length > 0)
    .map((dimension) => ({
      dimension,
      values: pills(
        "checkbox",
        `only-${dimension.id}`,
        dimension.values.map(({ id, label }) => [`${dimension.id}=${id}`, label]),
      ),
    }));
  const usual = model.periods.findIndex((period) => period.words === "last 7 days");
  const periods = pills(
    "radio",
    "period",
    model.periods.map((period) => [period.words, period.label]),
    Math.max(usual, 0),
  );
  const compare = pills(
    "radio",
    "compare",
    [
      ["", words("form_compare_none")],
      ["vs last week", words("form_compare_week")],
      ["vs previous period", words("form_compare_before")],
    ],
    0,
  );
  const sentence = h("output", { class: "sentence-built" });

  const dialog = h(
    "dialog",
    { class: "dialog form-dialog", "aria-labelledby": "form-title", on: { close: () => dialog.remove() } },
    h(
      "form",
      { method: "dialog", on: { change: update, submit } },
      h(
        "header",
        {},
        h("h2", { id: "form-title" }, words("build")),
        button({ class: "round", "aria-label": words("close") }, () => dialog.close(), icon("close")),
      ),
      h(
        "div",
        { class: "dialog-body" },
        h("div", { class: "pair" }, labelled(words("form_metric"), metric), labelled(words("form_second"), second)),
        group(words("form_period"), periods),
        group(words("form_split"), splits),
        h(
          "fieldset",
          {},
          h("legend", {}, words("form_filter")),
          h(
            "div",
            { class: "filters" },
            ...filters.map(({ dimension, values }) =>
              h("details", { name: "filters" }, h("summary", {}, dimension.label, h("b", { class: "count" })), values),
            ),
          ),
        ),
        group(words("form_compare"), compare),
      ),
      h(
        "footer",
        {},
        h("div", { class: "asks" }, h("span", {}, words("form_asks")), sentence),
        button({ class: "plain" }, () => dialog.close(), words("cancel")),
        h("button", { type: "submit", class: "primary" }, words("form_go")),
      ),
    ),
  );
  document.body.append(dialog);
  update();
  dialog.showModal();
  metric.focus();

  function submit(event: Event): void {
    event.preventDefault();
    dialog.close();
    ask(sentence.value);
  }

  function update(): void {
    const split = chosen(splits);
    for (const box of splits.querySelectorAll("input")) box.disabled = split.length >= SPLITS_MAX && !box.checked;
    for (const { values } of filters) {
      const count = values.parentElement?.querySelector(".count");
      count?.replaceChildren(chosen(values).length > 0 ? String(chosen(values).length) : "");
    }
    const parts = [
      [metric.value, second.value].filter(Boolean).join(" and "),
      split.length > 0 ? `by ${split.join(" and ")}` : "",
      ...filters.flatMap(({ values }) => chosen(values)),
      chosen(periods)[0] ?? "",
      chosen(compare)[0] ?? "",
    ];
    sentence.value = parts.filter(Boolean).join(" ");
  }
}

function metricSelect(model: FormModel, id: string, none: string | null): HTMLSelectElement {
  const groups = [...new Set(model.metrics.map(({ group }) => group))];
  return h(
    "select",
    { id },
    none === null ? null : h("option", { value: "" }, none),
    ...groups.map((name) =>
      h(
        "optgroup",
        { label: name },
        ...model.metrics
          .filter(({ group }) => group === name)
          .map((metric) => h("option", { value: metric.id }, metric.label)),
      ),
    ),
  );
}

function pills(
  type: "checkbox" | "radio",
  name: string,
  choices: readonly (readonly [string, string])[],
  first = -1,
): HTMLElement {
  return h(
    "div",
    { class: "pills" },
    ...choices.map(([value, label], place) =>
      h("label", { class: "pill" }, h("input", { type, name, value, checked: place === first }), h("span", {}, label)),
    ),
  );
}

const chosen = (box: HTMLElement): string[] =>
  [...box.querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value);
const labelled = (label: string, control: HTMLElement): HTMLElement =>
  h("label", { class: "labelled" }, h("span", {}, label), control);
const group = (legend: string, content: HTMLElement): HTMLElement =>
  h("fieldset", {}, h("legend", {}, legend), content);
