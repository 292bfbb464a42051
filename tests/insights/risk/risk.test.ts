import { describe, expect, it } from "vitest";
import { binomial, poisson, seeded } from "../../../src/insights/queueing/random.ts";
import { judgeChances } from "../../../src/insights/risk/judge.ts";
import { ridgeLogistic } from "../../../src/insights/risk/logistic.ts";
import { mixRates } from "../../../src/insights/risk/mixed-poisson.ts";
import { expectedViolators, reasonsOf, riskOutlook } from "../../../src/insights/risk/outlook.ts";
import { recordAt, type SellerHistory, violatedAfter } from "../../../src/insights/risk/record.ts";

/** R's data set mtcars: am, wt, hp. */
const CARS: readonly (readonly [number, number, number])[] = [
  [1, 2.62, 110], [1, 2.875, 110], [1, 2.32, 93], [0, 3.215, 110], [0, 3.44, 175], [0, 3.46, 105], [0, 3.57, 245], [0, 3.19, 62],
  [0, 3.15, 95], [0, 3.44, 123], [0, 3.44, 123], [0, 4.07, 180], [0, 3.73, 180], [0, 3.78, 180], [0, 5.25, 205], [0, 5.424, 215],
  [0, 5.345, 230], [1, 2.2, 66], [1, 1.615, 52], [1, 1.835, 65], [0, 2.465, 97], [0, 3.52, 150], [0, 3.435, 150], [0, 3.84, 245],
  [0, 3.845, 175], [1, 1.935, 66], [1, 2.14, 91], [1, 1.513, 113], [1, 3.17, 264], [1, 2.77, 175], [1, 3.57, 335], [1, 2.78, 109],
]; // biome-ignore format: a table
const AM = CARS.map(([am]) => am);

describe("logistic regression", () => {
  it("is R's glm(am ~ wt + hp, binomial, mtcars) without a penalty, errors too", () => {
    const fit = ridgeLogistic(
      CARS.map(([, wt, hp]) => [wt, hp]),
      AM,
      0,
    );
    const told = [fit?.intercept, ...(fit?.coefficients ?? []), ...(fit?.errors ?? [])];
    const wanted = [
      18.866298717204096, -8.083475182444628, 0.0362555960822165, 7.443558060205274, 3.0686751130546961,
      0.0177341536507693,
    ];
    wanted.forEach((value, i) => {
      expect(Math.abs((told[i] ?? 0) / value - 1)).toBeLessThan(1e-6);
    });
  });

  it("is the optimum that R's optim finds with penalty 1 on standardised columns", () => {
    const column = (j: 1 | 2): number[] => {
      const values = CARS.map((car) => car[j]);
      const mean = values.reduce((sum, value) => sum + value, 0) / 32;
      const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 32);
      return values.map((value) => (value - mean) / sd);
    };
    const [wt, hp] = [column(1), column(2)];
    const fit = ridgeLogistic(
      wt.map((value, i) => [value, hp[i] ?? 0]),
      AM,
      1,
    );
    [-0.682805308547272, -2.317878560586387, 0.550244278954784].forEach((value, i) => {
      expect([fit?.intercept, ...(fit?.coefficients ?? [])][i]).toBeCloseTo(value, 5);
    });
  });

  it("says nothing where all labels are alike, or a column repeats another and nothing is penalised", () => {
    expect(ridgeLogistic([[1], [2]], [1, 1], 1)).toBeNull();
    const twice = CARS.map(([, wt]) => [wt, wt]);
    expect(ridgeLogistic(twice, AM, 0)).toBeNull();
    expect(ridgeLogistic(twice, AM, 1)).not.toBeNull();
  });
});

describe("how chances did", () => {
  const p = [0.1, 0.4, 0.35, 0.8, 0.2, 0.2, 0.7, 0.6, 0.4, 0.05, 0.9, 0.3];
  const happened = [0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0];
  const judged = judgeChances(p.map((chance, i) => ({ p: chance, happened: happened[i] === 1 })));

  it("has the AUC of the definition with DeLong's error, worked out in R", () => {
    expect(judged?.auc.value).toBeCloseTo(0.805555555555556, 12);
    expect(judged?.auc.low).toBeCloseTo(0.444316368073801, 6);
    expect(judged?.auc.high).toBeCloseTo(0.955486734629005, 6);
  });

  it("has the Brier score, and Cox's slope as R's glm has it", () => {
    expect(judged?.brier).toBeCloseTo(0.185416666666667, 12);
    expect(judged?.slope?.value).toBeCloseTo(1.092531655543199, 5);
    expect(((judged?.slope?.high ?? 0) - (judged?.slope?.value ?? 0)) / 1.959963984540054).toBeCloseTo(0.6755737, 4);
  });

  it("finds true chances calibrated and bold ones not", () => {
    const next = seeded(7);
    const truth = Array.from({ length: 20_000 }, () => next() ** 2);
    const items = truth.map((chance) => ({ p: chance, happened: next() < chance }));
    const honest = judgeChances(items);
    expect(honest?.inTheLarge.low).toBeLessThan(0);
    expect(honest?.inTheLarge.high).toBeGreaterThan(0);
    expect(honest?.calibrationError).toBeLessThan(2 * (honest?.calibrationErrorByChance ?? 0));
    const bold = judgeChances(items.map(({ p: chance, happened: was }) => ({ p: Math.min(0.999, 1.5 * chance), happened: was })));
    expect(bold?.inTheLarge.high).toBeLessThan(0);
    expect(bold?.calibrationError).toBeGreaterThan(5 * (bold?.calibrationErrorByChance ?? 0));
  }); // biome-ignore format: one line
});

describe("rates of a population", () => {
  it("shrinks to where the population is: of two kinds, few events say the quiet one and many the busy one", () => {
    const next = seeded(3);
    const units = Array.from({ length: 4_000 }, (_, i) => ({ events: poisson(next, i % 10 === 0 ? 24 : 1.2), months: 6 }));
    const mixture = mixRates(units);
    expect(mixture.mean({ events: 0, months: 6 })).toBeGreaterThan(0.12);
    expect(mixture.mean({ events: 0, months: 6 })).toBeLessThan(0.28);
    expect(mixture.mean({ events: 24, months: 6 })).toBeGreaterThan(3.5);
    expect(mixture.mean({ events: 24, months: 6 })).toBeLessThan(4.5);
    expect(mixture.atLeastOne({ events: 24, months: 6 }, 0.5)).toBeCloseTo(1 - Math.exp(-2), 1);
  }); // biome-ignore format: one line
});

const seller = (over: Partial<SellerHistory>): SellerHistory => ({
  id: "1",
  market: "ID",
  tier: "gold",
  category: "food",
  joined: 500,
  created: [],
  reported: [],
  removed: [],
  ended: [],
  ...over,
});

describe("what is known at a cut-off", () => {
  it("knows nothing of what came after it", () => {
    const before = seller({ created: [120, 80], reported: [true, false], removed: [118], ended: [null] });
    const after = seller({
      created: [120, 80, 30, 2],
      reported: [true, false, true, true],
      removed: [118, 29, 1],
      ended: [20, null, null],
    });
    expect(recordAt(after, 60, 400)).toEqual(recordAt(before, 60, 400));
    expect(recordAt(after, 60, 400)?.violations).toBe(1);
  });

  it("no longer counts a removal that an appeal overturned before the cut-off", () => {
    expect(recordAt(seller({ created: [120], reported: [false], removed: [118], ended: [100] }), 60, 400)?.violations).toBe(0);
  }); // biome-ignore format: one line

  it("calls a violation confirmed when it stands once appeals are decided", () => {
    const with_ = (removed: number, ended: number | null): boolean =>
      violatedAfter(seller({ removed: [removed], ended: [ended] }), 60, 30, 17);
    expect(with_(45, null)).toBe(true);
    expect(with_(45, 20)).toBe(false);
    expect(with_(45, 5)).toBe(true);
    expect(with_(61, null)).toBe(false);
    expect(with_(29, null)).toBe(false);
  });
});

/** Sellers with a pace and a share of violations of their own, for 400 days. */
function world(count: number, seed: number): SellerHistory[] {
  const next = seeded(seed);
  return Array.from({ length: count }, (_, i) => {
    const pace = 3 * next() ** 3;
    const isBold = next() < 0.2;
    const created = Array.from({ length: poisson(next, (pace * 400) / 30) }, () => 400 * next()).sort((a, b) => b - a);
    const removed = created.filter(() => binomial(next, 1, isBold ? 0.5 : 0.1) === 1);
    return seller({
      id: String(i).padStart(5, "0"),
      category: i % 3 === 0 ? "food" : "toys",
      created,
      reported: created.map(() => next() < 0.3),
      removed,
      ended: removed.map(() => null),
    });
  });
}

describe("risk of sellers", () => {
  const asked = { horizon: 30, settle: 17 };
  const made = riskOutlook(world(3_000, 5), asked, ({ category }) => category === "food");
  const outlook = made.kind === "made" ? made.outlook : null;

  it("is calibrated on a later month that the model did not see, tells sellers apart, and says so of the segment asked about", () => {
    for (const judged of [outlook?.testOfAll, outlook?.test]) {
      expect(judged?.inTheLarge.low).toBeLessThan(0.005);
      expect(judged?.inTheLarge.high).toBeGreaterThan(-0.005);
      expect(judged?.calibrationError).toBeLessThan(2.5 * (judged?.calibrationErrorByChance ?? 0));
      expect(judged?.auc.low).toBeGreaterThan(0.65);
      expect(judged?.skill.low).toBeGreaterThan(0);
      expect(judged?.lift.low).toBeGreaterThan(1.5);
    }
    expect(outlook?.test?.n).toBeLessThan((outlook?.testOfAll.n ?? 0) / 2);
  });

  it("learns only from windows whose outcomes were known at the test's cut-off", () => {
    expect(outlook?.cuts.last).toBeGreaterThanOrEqual((outlook?.cuts.test ?? 0) + asked.horizon + asked.settle);
  });

  it("names the record and the pace as what sets the riskiest apart, and expects about as many as happen in a month", () => {
    const reasons = reasonsOf(outlook?.sellers.slice(0, 50) ?? []);
    expect(["violations", "cases"]).toContain(reasons[0]?.reason);
    expect(reasons[0]?.odds).toBeGreaterThan(2);
    const happened = ((outlook?.testOfAll.events ?? 0) / (outlook?.testOfAll.n ?? 1)) * (outlook?.sellers.length ?? 0);
    const range = expectedViolators(outlook?.sellers ?? [], outlook?.drift ?? 0);
    expect(range.low).toBeLessThan(happened);
    expect(range.high).toBeGreaterThan(happened);
  });

  it("refuses to learn from too little, and is the same every time", () => {
    expect(riskOutlook(world(20, 1), asked, () => true).kind).toBe("short");
    expect(riskOutlook([], asked, () => true)).toEqual({ kind: "short", violations: 0 });
    const again = riskOutlook(world(3_000, 5), asked, ({ category }) => category === "food");
    expect(again).toEqual(made);
  });
});
