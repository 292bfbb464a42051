import type { AnswerTable, TableView } from "../chat/answer.ts";
import { limits } from "../kernel/limits.ts";
import type { Asking } from "./asking.ts";
import { addsUp, askedSteps, bucketName, type Outlook, said, upshot } from "./forecast-outlook.ts";
import { dimensionName, metricName, valueName } from "./names.ts";

/** The machine form: one row a step and series, full precision. */
export function forecastTable({ question, metric, series, horizon }: Outlook): AnswerTable {
  const [dimension] = question.by;
  const bands = ["low80", "high80", "low95", "high95"].map((id) => ({ id: `${metric.id}.${id}`, unit: metric.unit }));
  return {
    columns: [
      { id: "bucket", unit: null },
      ...(dimension === undefined ? [] : [{ id: dimension, unit: null }]),
      { id: metric.id, unit: metric.unit },
      ...bands,
    ],
    rows: series.flatMap((own) =>
      askedSteps(own, horizon).map(({ bucket, point, band80, band95 }) => [
        bucket,
        ...(dimension === undefined ? [] : [own.of ?? null]),
        point,
        band80?.low ?? null,
        band80?.high ?? null,
        band95?.low ?? null,
        band95?.high ?? null,
      ]),
    ),
  };
}

/** The human form: a row a step, or with a split a row a series. */
export function forecastView(outlook: Outlook, asking: Asking): TableView | null {
  const { question, metric, series, horizon } = outlook;
  const [dimension] = question.by;
  const range = (band: { low: number; high: number } | null): string =>
    band ? `${said(band.low, metric, asking)} – ${said(band.high, metric, asking)}` : "–";
  const bands = ["80 %", "95 %"].map((level) => ({
    label: asking.say("column.range", { level }),
    align: "right" as const,
  }));
  const [only] = series;
  if (dimension === undefined && only) {
    const steps = askedSteps(only, horizon);
    const shown = steps.slice(0, limits.viewRowsMax);
    return {
      columns: [
        { label: asking.say("column.bucket"), align: "left" },
        { label: metricName(asking.catalog, metric.id, asking.language), align: "right" },
        ...bands,
      ],
      rows: shown.map((step) => [
        bucketName(step.bucket, outlook, asking),
        said(step.point, metric, asking),
        range(step.band80),
        range(step.band95),
      ]),
      more: steps.length - shown.length,
    };
  }
  return {
    columns: [
      { label: dimensionName(asking.catalog, dimension ?? "", asking.language), align: "left" },
      {
        label: asking.say(addsUp(metric) ? "total" : metric.moment ? "forecast.column.end" : "forecast.column.mean"),
        align: "right",
      },
      ...bands,
    ],
    rows: series.map((own) => {
      const made = upshot(own, outlook);
      return [valueName(own.of, asking), said(made.point, metric, asking), range(made.band80), range(made.band95)];
    }),
    more: 0,
  };
}
