/** Who may import whom; type-only imports count too. See ARCHITECTURE.md. */
const layer = (from, allowed) => ({
  name: `${from}-imports`,
  severity: "error",
  comment: `src/${from} may import only: ${allowed.join(", ")}`,
  from: { path: `^src/${from}/` },
  to: { path: "^(src|demo)/", pathNot: [`^src/${from}/`, ...allowed.map((name) => `^src/${name}/`)] },
});
const only = (name, packages, where) => ({
  name,
  severity: "error",
  from: { path: "^src/", pathNot: where },
  to: { path: packages },
});

module.exports = {
  forbidden: [
    layer("kernel", []),
    layer("catalog", ["kernel"]),
    layer("chat", ["kernel"]),
    layer("insights", ["kernel"]),
    layer("charts", ["insights", "kernel"]),
    layer("queries", ["catalog", "kernel"]),
    layer("language", ["catalog", "kernel"]),
    layer("handlers", ["language", "charts", "insights", "queries", "catalog", "chat", "kernel"]),
    layer("schedules", ["handlers", "language", "chat", "queries", "catalog", "kernel"]),
    layer("platforms/slack", ["chat", "kernel"]),
    layer("platforms/lark", ["chat", "kernel"]),
    layer("platforms/console", ["chat", "kernel"]),
    only("pg-only-in-queries", "^(node_modules/)?(pg|pg-copy-streams)(/|$)", [
      "^src/(queries|(handlers/(parts|why|status|forecast|queue-outlook|event|with-ledger|checks)|schedules/))",
    ]),
    only("slack-only-in-slack", "node_modules/@slack/", ["^src/platforms/slack/"]),
    only("lark-only-in-lark", "node_modules/@larksuiteoapi/", ["^src/platforms/lark/"]),
    only("chartjs-only-in-charts", "node_modules/(chart\\.js|chartjs-node-canvas|canvas)/", [
      "^src/(charts|platforms/console/page)/",
    ]),
    only("cron-only-in-schedules", "node_modules/node-cron/", ["^src/schedules/"]),
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, pathNot: ["\\.d\\.ts$", "\\.json$", "^src/platforms/console/page/"] },
      to: {},
    },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
    exclude: { path: "platforms/console/page" },
  },
};
