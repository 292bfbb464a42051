import { existsSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

/** The part of chdb (ClickHouse as a library) that is used here. */
interface Session {
  query(text: string, format?: string): string;
  queryAsync(text: string, options: { format: string }): Promise<{ text(): string }>;
  close(): void;
}

export interface ClickhouseServer {
  readonly url: string;
  /** Runs statements directly, one after another. */
  execute(text: string): string;
  close(): Promise<void>;
}

const ENGINES = new URL("../engines/package.json", import.meta.url);
/** The engine is a package of its own (540 MB), which `npm install --prefix tests/engines --no-package-lock` installs. */
export const hasClickhouse = existsSync(new URL("../engines/node_modules/chdb", import.meta.url));

/**
 * ClickHouse's HTTP interface over the real engine in this process: statements in the body, `param_…` and settings in the address, errors
 * with their code as the server sends them.
 */
export async function startClickhouse(): Promise<ClickhouseServer> {
  const { Session } = createRequire(ENGINES)("chdb") as { Session: new () => Session };
  const session = new Session();
  // Settings stay from one statement to the next.
  const set = new Map<string, string>();
  // One after another: parameters are settings of the one session.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  // As long an address as the server takes.
  const server = createServer({ maxHeaderSize: 1_048_576 }, async (request, response) => {
    try {
      const body = await bodyOf(request);
      const found = await inTurn(() => answer(session, set, new URL(request.url ?? "/", "http://localhost"), body));
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.end(found);
    } catch (cause) {
      const message = String((cause as Error).message);
      const code = /Code: (\d+)/.exec(message)?.[1] ?? "0";
      response.writeHead(500, { "X-ClickHouse-Exception-Code": code });
      response.end(message.slice(message.indexOf("Code:")));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    execute: (text) => session.query(text, "TabSeparated"),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      session.close();
    },
  };
}

async function answer(session: Session, set: Map<string, string>, address: URL, body: Body): Promise<string> {
  for (const [name, value] of [...address.searchParams, ...body.params]) {
    if (NOT_SETTINGS.has(name) || set.get(name) === value) continue;
    session.query(`set ${name} = '${quoted(value)}'`);
    set.set(name, value);
  }
  const statement = [address.searchParams.get("query"), body.text].filter(Boolean).join("\n");
  return (await session.queryAsync(statement, { format: "JSONEachRow" })).text();
}

const NOT_SETTINGS = new Set([
  "query_id",
  "database",
  "session_id",
  "default_format",
  "role",
  "wait_end_of_query",
  "query",
]);
const quoted = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll("'", "\\'");

interface Body {
  readonly text: string;
  readonly params: readonly (readonly [string, string])[];
}

/** The statement, or the rows of an insert; or a form that has the statement and its parameters. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) return { text: Buffer.concat(parts).toString("utf8"), params: [] };
  const form = await new Response(Buffer.concat(parts), { headers: { "content-type": type } }).formData();
  const params = [...form].filter(([name]) => name !== "query").map(([name, value]) => [name, String(value)] as const);
  return { text: String(form.get("query")), params };
}
