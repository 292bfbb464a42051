import type { Answer, AnswerValue } from "../chat/answer.ts";

/** `ask --json`: the contract of the interface. `compare` is the compared value; what belongs to the difference stands in `change`. */
export function answerJson(answer: Answer): object {
  return {
    question: answer.question,
    status: answer.status,
    answer: {
      headline: answer.headline,
      echo: answer.echo,
      body: answer.body,
      values: answer.values.map(valueJson),
      table: answer.table,
      findings: answer.findings,
      caveats: answer.caveats,
      next: answer.next,
    },
    ...(answer.status === "answered" ? {} : { error: { code: answer.code ?? answer.status, text: answer.headline } }),
    sql: answer.sql,
    receipt: answer.receipt,
    data_through: answer.dataThrough,
    timing_ms: answer.timing,
  };
}

function valueJson({ compare, extra, ...value }: AnswerValue): object {
  return {
    ...value,
    ...(extra ? { extra } : {}),
    compare: compare?.value ?? null,
    ...(compare
      ? {
          change: {
            difference: compare.difference,
            low: compare.differenceLow,
            high: compare.differenceHigh,
            verdict: compare.verdict,
            compared: {
              numerator: compare.numerator,
              denominator: compare.denominator,
              n: compare.n,
              low: compare.low,
              high: compare.high,
              flags: compare.flags,
            },
          },
        }
      : {}),
  };
}
