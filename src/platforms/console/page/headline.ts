import { h } from "./dom.ts";

/** The first clause large with its number set off (the day of a date is none), the rest beneath: it is read from across a desk. */
export function headline(text: string): HTMLElement {
  const cut = text.indexOf(" · ");
  const lead = cut > 0 ? text.slice(0, cut) : text;
  const rest = cut > 0 ? text.slice(cut + 3) : "";
  const parts =
    /^(|.{1,60}?\s)([-−+]?\$?\d(?:[\d.,\u00a0\u202f]*\d)?(?:\s?(?:%|pp|h|s|\/h)(?![\p{L}\d]))?(?![\d:年月日]|[,.]?\s\d{4}|\.?\s\p{L}{3,12}\.?\s\d{4}))(\s*\([^()]*\))?(.*)$/su.exec(
      lead,
    );
  return h(
    "h3",
    { class: lead.length > 90 ? "headline long" : "headline" },
    ...(parts ? [parts[1], h("b", {}, parts[2]), parts[3] ? h("small", {}, parts[3]) : null, parts[4]] : [lead]),
    rest ? h("span", { class: "rest" }, rest) : null,
  );
}
