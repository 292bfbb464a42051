import { badProportion } from "../interval.ts";
import { productDifference } from "../special/product-difference.ts";

/** Two shares, x₁ of n₁ and x₂ of n₂; every effect is second − first or second / first. */
export interface TwoProportions {
  readonly x1: number;
  readonly n1: number;
  readonly x2: number;
  readonly n2: number;
}

export function badTwoProportions(data: TwoProportions): string | null {
  return badProportion(data.x1, data.n1) ?? badProportion(data.x2, data.n2);
}

/** p₂ − p₁ = (x₂n₁ − x₁n₂)/(n₁n₂), exact where the shares agree in their first digits. */
export function shareDifference({ x1, n1, x2, n2 }: TwoProportions): number {
  return productDifference(x2, n1, x1, n2) / n1 / n2;
}
