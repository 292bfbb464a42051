import { type DesignStratum, linearisedVariance } from "./linearised.ts";
import { noSurvey, type SurveyEstimate, surveyInterval } from "./stratified.ts";

/** k labelled items of stratum h (1-based place in `strata`) with this flag and this truth. */
export interface ClassifierCell {
  readonly h: number;
  readonly flag: number;
  readonly bad: number;
  readonly k: number;
}

export interface ClassifierSample {
  readonly strata: readonly DesignStratum[];
  readonly cells: readonly ClassifierCell[];
}

/** Weighted precision Σw·flag·bad / Σw·flag with its linearised error over the whole design. Null where nothing is flagged. */
export function weightedPrecision(sample: ClassifierSample, level: number): SurveyEstimate {
  return ratio(sample, level, (cell) => [cell.flag * cell.bad, cell.flag], "nothing is flagged: precision has no base");
}

/** Weighted recall Σw·flag·bad / Σw·bad. Null where no violating item was labelled: recall is not identifiable. */
export function weightedRecall(sample: ClassifierSample, level: number): SurveyEstimate {
  return ratio(
    sample,
    level,
    (cell) => [cell.flag * cell.bad, cell.bad],
    "no violating item was labelled: recall has no base",
  );
}

/** Weighted F1 = 2TP/(flagged + bad), by the delta method. */
export function weightedF1(sample: ClassifierSample, level: number): SurveyEstimate {
  return ratio(
    sample,
    level,
    (cell) => [2 * cell.flag * cell.bad, cell.flag + cell.bad],
    "nothing is flagged or violating",
  );
}

function ratio(
  { strata, cells }: ClassifierSample,
  level: number,
  parts: (cell: ClassifierCell) => readonly [number, number],
  empty: string,
): SurveyEstimate {
  const design = new Map(strata.map((stratum, i) => [i + 1, stratum]));
  const weight = (cell: ClassifierCell) => {
    const stratum = design.get(cell.h);
    return stratum ? stratum.N / stratum.n : 0;
  };
  const sum = (part: 0 | 1) => cells.reduce((total, cell) => total + cell.k * weight(cell) * parts(cell)[part], 0);
  const base = sum(1);
  if (!(base > 0)) return noSurvey(empty);
  const estimate = sum(0) / base;
  const variance = linearisedVariance(design, cells, (cell) => {
    const [top, bottom] = parts(cell);
    return (weight(cell) * (top - estimate * bottom)) / base;
  });
  if (variance === null) return { ...noSurvey("a stratum with one label has no variance"), estimate };
  const df = strata.reduce((total, { n }) => total + n - 1, 0);
  return surveyInterval(estimate, Math.sqrt(variance), df, level);
}
