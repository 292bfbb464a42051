import type { MessageKey } from "../chat/messages.ts";
import { LEDGER_KINDS, type LedgerEntry, type LedgerKind } from "../kernel/ledger.ts";
import type { Asking } from "./asking.ts";

/** Kinds that pass: campaigns, holidays, outages. */
export const PASSING: ReadonlySet<string> = new Set<LedgerKind>(["campaign", "holiday", "outage"]);
/** Kinds that stay in force. */
export const LASTING: ReadonlySet<string> = new Set(LEDGER_KINDS.filter((kind) => !PASSING.has(kind)));

export const kindName = (kind: string, { say }: Asking): string =>
  isKind(kind) ? say(`ledger.${kind}` satisfies MessageKey) : kind;
const isKind = (kind: string): kind is LedgerKind => (LEDGER_KINDS as readonly string[]).includes(kind);

export const ledgerKinds = (asking: Asking): string[] => LEDGER_KINDS.map((kind) => kindName(kind, asking));

/** "ID, VN · live"; all of them where none is named. */
export const placesName = ({ markets, queues }: LedgerEntry, { say }: Asking): string =>
  [markets?.join(", "), queues?.join(", ")].filter((part) => part !== undefined && part !== "").join(" · ") ||
  say("event.everywhere");
