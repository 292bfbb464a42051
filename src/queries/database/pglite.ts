import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";

export interface PgliteServer {
  readonly url: string;
  readonly kind: "pglite";
  stop(): Promise<void>;
}

/**
 * The fallback where no PostgreSQL binary runs: PGlite (PostgreSQL as WebAssembly, in this process) behind a socket of 127.0.0.1 that speaks
 * PostgreSQL's protocol, so that the rest of the house uses `pg` alike. Slower to start (5 s) and to answer, it has one session: clients take
 * turns, a transaction keeps its turn to the end, session settings are everybody's, and COPY from a client is refused. Queries block the
 * event loop. Good for a look around, not for a bot in service.
 */
export async function startPglite(dataDir: string): Promise<PgliteServer> {
  mkdirSync(dataDir, { recursive: true });
  const { PGlite } = await import("@electric-sql/pglite");
  const db = await PGlite.create({ dataDir });
  const password = randomBytes(24).toString("hex");
  const turns = createTurns(db);
  const server = createServer((socket) => serve(socket, password, turns));
  const port = await listening(server);
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    turns.endAll();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await db.close();
  };
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    kind: "pglite",
    stop: () => (stopped ??= stop()),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}

/** One session for all clients: units of work (up to Sync or a simple Query) run one after another, a transaction's in one go. */
interface Turns {
  readonly sockets: Set<Socket>;
  run(socket: Socket, unit: readonly Buffer[]): void;
  leave(socket: Socket): void;
  endAll(): void;
}

function createTurns(db: PGlite): Turns {
  const sockets = new Set<Socket>();
  let waiting: { socket: Socket; unit: readonly Buffer[] }[] = [];
  /** Whose transaction is open. */
  let holder: Socket | null = null;
  let busy = false;
  const next = async (): Promise<void> => {
    if (busy) return;
    const index = holder ? waiting.findIndex(({ socket }) => socket === holder) : 0;
    const [turn] = index < 0 ? [] : waiting.splice(index, 1);
    if (!turn) return;
    busy = true;
    try {
      for (const part of turn.unit) {
        const answer = await execute(db, part);
        if (turn.socket.writable) turn.socket.write(answer);
        const state = transactionState(answer);
        if (state) holder = state === "I" ? null : turn.socket;
      }
    } catch {
      // PGlite answers mistakes in the protocol; what it throws is its own end of this client.
      turn.socket.destroy();
    }
    busy = false;
    void next();
  };
  return {
    sockets,
    run: (socket, unit) => {
      waiting.push({ socket, unit });
      void next();
    },
    leave: (socket) => {
      sockets.delete(socket);
      waiting = waiting.filter((turn) => turn.socket !== socket);
      // Whoever goes in the middle of a transaction takes it with them.
      if (holder === socket) waiting.unshift({ socket, unit: [query("rollback")] });
      void next();
    },
    endAll: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** PGlite breaks on a COPY that waits for the client's rows: an error is raised in its place. */
function execute(db: PGlite, part: Buffer): Promise<Uint8Array> {
  const copies = part[0] === TYPE.query && /^\s*copy\b[^;]*\bfrom\s+stdin\b/i.test(part.toString("utf8", 5, 2_000));
  return db.execProtocolRaw(copies ? query(NO_COPY) : part);
}

const NO_COPY = `do $$ begin
  raise feature_not_supported using message = 'PGlite takes no COPY from a client: set DATABASE_URL';
end $$`;

/** The status byte of a ReadyForQuery at the end of an answer: I = idle, T = in a transaction, E = in a failed one. */
function transactionState(answer: Uint8Array): string | null {
  const at = answer.length - 6;
  return at >= 0 && answer[at] === TYPE.readyForQuery && answer[at + 4] === 5
    ? String.fromCharCode(answer[at + 5] ?? 0)
    : null;
}

const TYPE = { readyForQuery: 0x5a, query: 0x51, sync: 0x53, password: 0x70, terminate: 0x58 } as const;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
/** A startup packet or a message longer than this is not one of ours. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

function serve(socket: Socket, password: string, turns: Turns): void {
  turns.sockets.add(socket);
  let pending = Buffer.alloc(0);
  let phase: "startup" | "password" | "ready" = "startup";
  let unit: Buffer[] = [];
  const startup = (body: Buffer): void => {
    const code = body.readInt32BE(0);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return void socket.write("N");
    if (code === CANCEL_REQUEST) return void socket.destroy();
    phase = "password";
    socket.write(message("R", int32(3)));
  };
  const login = (type: number, body: Buffer): void => {
    if (type !== TYPE.password || body.toString("utf8").replace(/\0$/, "") !== password) return void socket.destroy();
    phase = "ready";
    const parameter = (name: string, value: string) => message("S", Buffer.from(`${name}\0${value}\0`));
    socket.write(
      Buffer.concat([
        message("R", int32(0)),
        parameter("server_version", "18.0"),
        parameter("client_encoding", "UTF8"),
        parameter("DateStyle", "ISO, MDY"),
        parameter("standard_conforming_strings", "on"),
        parameter("integer_datetimes", "on"),
        message("Z", Buffer.from("I")),
      ]),
    );
  };
  const take = (type: number, whole: Buffer): void => {
    if (type === TYPE.terminate) return void socket.end();
    unit.push(whole);
    if (type !== TYPE.query && type !== TYPE.sync) return;
    turns.run(socket, unit);
    unit = [];
  };
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const head = phase === "startup" ? 0 : 1;
      if (pending.length < head + 4) return;
      const length = head + pending.readInt32BE(head);
      if (length < head + 4 || length > MESSAGE_BYTES_MAX) return void socket.destroy();
      if (pending.length < length) return;
      const whole = pending.subarray(0, length);
      pending = pending.subarray(length);
      if (phase === "startup") startup(whole.subarray(4));
      else if (phase === "password") login(whole[0] ?? 0, whole.subarray(5));
      else take(whole[0] ?? 0, whole);
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => turns.leave(socket));
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
const query = (text: string): Buffer => message("Q", Buffer.from(`${text}\0`));
