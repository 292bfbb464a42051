/** Standard normal distribution: both tails to 1e-15 relative out to |x| = 37, quantile to 1e-15. */

/** P(Z ≤ x). */
export function normalCdf(x: number): number {
  return x < 0 ? normalSf(-x) : centre(x);
}

/** P(Z > x). */
export function normalSf(x: number): number {
  if (x < 0) return centre(-x);
  return x < SPLIT ? 0.5 - body(x) : upperTail(x);
}

/** φ(x). */
export function normalPdf(x: number): number {
  return 0.398_942_280_401_432_7 * Math.exp(-0.5 * x * x);
}

/** ln P(Z > x), also where the probability itself underflows. */
export function normalLogSf(x: number): number {
  if (x < 35) return Math.log(normalSf(x));
  const s = 1 / (x * x);
  return -0.5 * x * x - Math.log(x) - 0.918_938_533_204_672_8 + Math.log1p(-s * (1 - s * (3 - s * (15 - s * 105))));
}

/** P(Z ≤ x) for x ≥ 0. */
function centre(x: number): number {
  return x < SPLIT ? 0.5 + body(x) : 1 - upperTail(x);
}

const SPLIT = 0.674_489_75;
const SPLIT_FAR = Math.sqrt(32);

/* Rational approximations of Cody (1969), Math. Comp. 23, 631–637, as in ANORM of SPECFUN. */
const A = [
  2.235_252_035_460_684, 161.028_231_068_555_87, 1067.689_485_460_371, 18_154.981_253_343_56, 0.065_682_337_918_207_45,
];
const B = [47.202_581_904_688_24, 976.098_551_737_776_7, 10_260.932_208_618_979, 45_507.789_335_026_73];
const C = [
  0.398_941_512_088_134_66, 8.883_149_794_388_377, 93.506_656_132_177_85, 597.270_276_394_800_2, 2494.537_585_290_372_6,
  6848.190_450_536_283, 11_602.651_437_647_35, 9842.714_838_383_978, 1.0765576773720192e-8,
];
const D = [
  22.266_688_044_328_117, 235.387_901_782_625, 1519.377_599_407_554_7, 6485.558_298_266_761, 18_615.571_640_885_097,
  34_900.952_721_145_98, 38_912.003_286_093_27, 19_685.429_676_859_992,
];
const P = [
  0.215_898_534_057_957, 0.127_401_161_160_247_36, 0.022_235_277_870_649_807, 0.001_421_619_193_227_893_4,
  2.9112874951168793e-5, 0.023_073_441_764_940_174,
];
const Q = [
  1.284_260_096_144_911, 0.468_238_212_480_865_1, 0.065_988_137_868_928_56, 0.003_782_396_332_027_582_4,
  7.297515550839662e-5,
]; // biome-ignore format: tables

const at = (table: readonly number[], i: number): number => table[i] as number;

/** P(0 < Z < x) for x below the quartile. */
function body(x: number): number {
  const s = x * x;
  let top = at(A, 4) * s;
  let bottom = s;
  for (let i = 0; i < 3; i++) {
    top = (top + at(A, i)) * s;
    bottom = (bottom + at(B, i)) * s;
  }
  return (x * (top + at(A, 3))) / (bottom + at(B, 3));
}

/** P(Z > x) for x ≥ the quartile. e^(−x²/2) is split at 1/16 so that the square's rounding does not reach the exponent. */
function upperTail(x: number): number {
  const ratio = x < SPLIT_FAR ? middle(x) : far(x);
  const rounded = Math.trunc(x * 16) / 16;
  return Math.exp(-0.5 * rounded * rounded) * Math.exp(-0.5 * (x - rounded) * (x + rounded)) * ratio;
}

function middle(x: number): number {
  let top = at(C, 8) * x;
  let bottom = x;
  for (let i = 0; i < 7; i++) {
    top = (top + at(C, i)) * x;
    bottom = (bottom + at(D, i)) * x;
  }
  return (top + at(C, 7)) / (bottom + at(D, 7));
}

function far(x: number): number {
  const s = 1 / (x * x);
  let top = at(P, 5) * s;
  let bottom = s;
  for (let i = 0; i < 4; i++) {
    top = (top + at(P, i)) * s;
    bottom = (bottom + at(Q, i)) * s;
  }
  const remainder = (s * (top + at(P, 4))) / (bottom + at(Q, 4));
  return (0.398_942_280_401_432_7 - remainder) / x;
}

/* AS 241, PPND16: Wichura (1988), Applied Statistics 37, 477–484. */
const QA = [
  3.387_132_872_796_366_5, 133.141_667_891_784_38, 1971.590_950_306_551_3, 13_731.693_765_509_46, 45_921.953_931_549_87,
  67_265.770_927_008_7, 33_430.575_583_588_13, 2509.080_928_730_122_7,
];
const QB = [
  1, 42.313_330_701_600_91, 687.187_007_492_057_9, 5394.196_021_424_751, 21_213.794_301_586_597, 39_307.895_800_092_71,
  28_729.085_735_721_943, 5226.495_278_852_854,
];
const QC = [
  1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
  1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 0.000_774_545_014_278_341_4,
];
const QD = [
  1, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1, 0.148_103_976_427_480_08,
  0.015_198_666_563_616_457, 0.000_547_593_808_499_534_5, 1.0507500716444169e-9,
];
const QE = [
  6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
  0.026_532_189_526_576_124, 0.001_242_660_947_388_078_4, 2.7115555687434876e-5, 2.010334399292288e-7,
];
const QF = [
  1, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615, 0.000_786_869_131_145_613_3,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
]; // biome-ignore format: tables

/** x with P(Z ≤ x) = p; −∞ at 0, ∞ at 1. */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (p >= 1) return p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180_625 - q * q;
    return (q * polynomial(QA, r)) / polynomial(QB, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? polynomial(QC, r - 1.6) / polynomial(QD, r - 1.6) : polynomial(QE, r - 5) / polynomial(QF, r - 5);
  return q < 0 ? -x : x;
}

/** The two-sided critical value z of a confidence level: P(|Z| > z) = 1 − level. */
export function normalCritical(level: number): number {
  if (level !== lastLevel) [lastLevel, lastCritical] = [level, -normalQuantile((1 - level) / 2)];
  return lastCritical;
}
/** An answer asks for the same level thousands of times. */
let [lastLevel, lastCritical] = [Number.NaN, Number.NaN];

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + at(coefficients, i);
  return value;
}
