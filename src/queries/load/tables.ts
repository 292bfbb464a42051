/** What a column of the mart may hold, as `load` checks it. */
export interface LoadColumn {
  readonly name: string;
  readonly kind:
    | "id"
    | "integer"
    | "number"
    | "probability"
    | "score"
    | "boolean"
    | "text"
    | "time"
    | "texts"
    | "shares";
  readonly nullable: boolean;
  /** Name of the closed set in the catalog (a dimension), or the set itself where the schema fixes it. */
  readonly set?: string | readonly string[];
  /** A time that may lie ahead: a due date, a plan. */
  readonly ahead?: boolean;
}

export interface LoadTable {
  readonly name: string;
  readonly columns: readonly LoadColumn[];
  readonly key: readonly string[];
  readonly parents: readonly Parent[];
  /** A later state of the same key takes its place when this column is greater (a watermark moves on). */
  readonly advancesBy?: string;
  /** Clocks whose sums a row of this table changes; none for tables that no metric counts. */
  readonly touches?: readonly Touch[];
}

/** Where a row `r` leaves its mark: the instant `at`, read from the row and what it is joined to, on `clock`. */
export interface Touch {
  /** Table and time column that metrics are counted on, e.g. `decisions.decided_at`. */
  readonly clock: string;
  readonly at: string;
  readonly join?: string;
  /** Only where a row changed, or came after the rows that hang on it. */
  readonly late?: boolean;
}

export interface Parent {
  readonly column: string;
  readonly table: string;
  readonly key: string;
  /** Checked only where the parent's table has rows: sellers are often not at hand. */
  readonly optional: boolean;
}

const id = (name: string): LoadColumn => ({ name, kind: "id", nullable: false });
const time = (name: string): LoadColumn => ({ name, kind: "time", nullable: false });
const laterTime = (name: string): LoadColumn => ({ name, kind: "time", nullable: true });
const planned = (name: string, nullable = false): LoadColumn => ({ name, kind: "time", nullable, ahead: true });
const text = (name: string, nullable = false): LoadColumn => ({ name, kind: "text", nullable });
const member = (name: string, set: string | readonly string[] = name, nullable = false): LoadColumn => ({
  name,
  kind: "text",
  nullable,
  set,
});
const column = (name: string, kind: LoadColumn["kind"], nullable = false): LoadColumn => ({ name, kind, nullable });
const parent = (name: string, table: string, key = name): Parent => ({ column: name, table, key, optional: false });
const own = (table: string, ...times: readonly string[]): Touch[] =>
  times.map((name) => ({ clock: `${table}.${name}`, at: `r.${name}` }));
const through = (clock: string, alias: string, join: string, late = false): Touch => ({
  clock,
  at: `${alias}.${clock.split(".")[1]}`,
  join,
  late,
});
const CASE = "join mart.cases c on c.case_id = r.case_id";
const DECISION = "join mart.decisions d on d.decision_id = r.decision_id";
const APPEAL = "join mart.appeals a on a.decision_id = r.decision_id";
const DECISIONS_OF_CASE = "join mart.decisions d on d.case_id = r.case_id";
const APPEALS_OF_CASE = `${DECISIONS_OF_CASE} join mart.appeals a on a.decision_id = d.decision_id`;

/** The mart's tables (design: mart.md), parents before children. */
export const LOAD_TABLES: readonly LoadTable[] = [
  {
    name: "sellers",
    columns: [id("seller_id"), member("market"), member("tier", "seller_tier"), member("category"), time("joined_at")],
    key: ["seller_id"],
    parents: [],
  },
  {
    name: "cases",
    columns: [
      id("case_id"), time("created_at"), member("market"), member("queue"), member("source"), member("content_type"), member("category"),
      id("seller_id"), member("seller_tier"), member("severity"), planned("sla_due_at"), id("views"), column("gmv_usd", "number"),
    ], // biome-ignore format: one table
    key: ["case_id"],
    parents: [{ column: "seller_id", table: "sellers", key: "seller_id", optional: true }],
    touches: [
      ...own("cases", "created_at", "sla_due_at"),
      through("decisions.decided_at", "d", DECISIONS_OF_CASE, true),
      through("appeals.filed_at", "a", APPEALS_OF_CASE, true),
      through("appeals.resolved_at", "a", APPEALS_OF_CASE, true),
    ],
  },
  {
    name: "claims",
    columns: [
      id("claim_id"), id("case_id"), id("moderator_id"), member("team"), time("claimed_at"), time("released_at"),
      member("outcome", ["decided", "skipped", "expired"]),
    ], // biome-ignore format: one table
    key: ["claim_id"],
    parents: [parent("case_id", "cases")],
    touches: [through("cases.created_at", "c", CASE)],
  },
  {
    name: "decisions",
    columns: [
      id("decision_id"), id("case_id"), time("decided_at"), member("decider"), column("moderator_id", "id", true), member("team", "team", true),
      member("action"), member("reason", "reason", true), column("score", "score", true), text("model_version", true),
      text("guideline_version"), column("handle_seconds", "integer", true), column("cost_usd", "number"), laterTime("superseded_at"),
    ], // biome-ignore format: one table
    key: ["decision_id"],
    parents: [parent("case_id", "cases")],
    touches: [
      ...own("decisions", "decided_at"),
      through("cases.created_at", "c", CASE),
      through("cases.sla_due_at", "c", CASE),
      // Which decision of a case is the first, and which superseded, hangs on all of them.
      through("decisions.decided_at", "d", DECISIONS_OF_CASE),
      through("appeals.filed_at", "a", APPEAL, true),
      through("appeals.resolved_at", "a", APPEAL, true),
    ],
  },
  {
    name: "appeals",
    columns: [
      id("appeal_id"), id("decision_id"), time("filed_at"), laterTime("resolved_at"),
      member("outcome", ["upheld", "overturned", "partial", "withdrawn"], true),
    ], // biome-ignore format: one table
    key: ["appeal_id"],
    parents: [parent("decision_id", "decisions")],
    touches: [...own("appeals", "filed_at", "resolved_at"), through("decisions.decided_at", "d", DECISION)],
  },
  {
    name: "qa_labels",
    columns: [
      id("label_id"), id("decision_id"), time("sampled_at"), laterTime("labelled_at"), text("stratum"), column("inclusion_prob", "probability"),
      member("correct_action", "action", true), member("correct_reason", "reason", true), id("auditor_id"),
    ], // biome-ignore format: one table
    key: ["label_id"],
    parents: [parent("decision_id", "decisions")],
    touches: [through("decisions.decided_at", "d", DECISION)],
  },
  {
    name: "view_samples",
    columns: [
      id("sample_id"), time("viewed_at"), member("market"), member("queue"), member("category"), column("inclusion_prob", "probability"),
      column("violating", "boolean", true), member("reason", "reason", true), laterTime("labelled_at"),
    ], // biome-ignore format: one table
    key: ["sample_id"],
    parents: [],
    touches: own("view_samples", "viewed_at"),
  },
  {
    name: "staffing",
    columns: [
      time("hour"), member("market"), member("queue"), member("team"), column("staffed_hours", "number"), column("productive_hours", "number"),
    ], // biome-ignore format: one table
    key: ["hour", "market", "queue", "team"],
    parents: [],
    touches: own("staffing", "hour"),
  },
  {
    name: "changes",
    columns: [
      id("change_id"), member("kind", ["policy", "guideline", "model", "roster", "campaign", "holiday", "outage"]), text("title"),
      planned("starts_at"), planned("ends_at", true), { name: "markets", kind: "texts", nullable: true, set: "market" },
      { name: "queues", kind: "texts", nullable: true, set: "queue" },
    ], // biome-ignore format: one table
    key: ["change_id"],
    parents: [],
  },
  {
    name: "experiments",
    columns: [
      text("experiment_id"), text("title"), member("unit", ["seller", "case"]), planned("starts_at"), planned("ends_at", true),
      column("arms", "shares"), text("control"), text("primary_metric"), column("guardrails", "texts"),
    ], // biome-ignore format: one table
    key: ["experiment_id"],
    parents: [],
  },
  {
    name: "exposures",
    columns: [text("experiment_id"), id("unit_id"), text("arm"), time("exposed_at")],
    key: ["experiment_id", "unit_id"],
    parents: [parent("experiment_id", "experiments")],
  },
  {
    name: "watermarks",
    columns: [text("source"), time("complete_through"), time("loaded_at")],
    key: ["source"],
    parents: [],
    advancesBy: "complete_through",
  },
];
