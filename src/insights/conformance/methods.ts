import { causalMethods } from "./causal-methods.ts";
import { decisionMethods } from "./decision-methods.ts";
import { distributionMethods } from "./distribution-methods.ts";
import { experimentMethods } from "./experiment-methods.ts";
import { meanMethods } from "./mean-methods.ts";
import type { VectorMethods } from "./method.ts";
import { proportionMethods } from "./proportion-methods.ts";
import { surveyMethods } from "./survey-methods.ts";

/** Every vector method by name. */
export const methods: VectorMethods = {
  ...distributionMethods,
  ...proportionMethods,
  ...meanMethods,
  ...surveyMethods,
  ...decisionMethods,
  ...experimentMethods,
  ...causalMethods,
};
