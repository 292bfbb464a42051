import type { NextStep } from "../../chat/answer.ts";
import type { MessageKey, MessageValues } from "../../chat/messages.ts";
import { blank, type ManageOrder, type Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";

/** A Question that asks for nothing but the handling of a schedule. */
export const manageQuestion = (manage: ManageOrder): Question => ({ ...blank("schedule"), options: { manage } });

export const button = (
  label: MessageKey,
  manage: ManageOrder,
  asking: Pick<Asking, "say">,
  values: MessageValues = {},
): NextStep => ({ label: asking.say(label, values), question: manageQuestion(manage) });
