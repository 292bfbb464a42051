import type { House } from "../../src/main.ts";
import { followed, followOnce, settle } from "./late.ts";
import { serverCpuMs } from "./postgres.ts";
import { quantile } from "./quantile.ts";
import { QUESTIONS } from "./questions.ts";

export interface OursTimes {
  readonly questions: Readonly<Record<string, OursQuestion>>;
  /** Mixed questions at so many clients. */
  readonly clients: readonly {
    readonly clients: number;
    readonly p50: number;
    readonly p99: number;
    /** Of the queries alone. */
    readonly sqlP50: number;
    readonly sqlP99: number;
    readonly perSecond: number;
    /** Because all query slots were taken. */
    readonly refused: number;
  }[];
  readonly sizes?: Readonly<Record<string, { readonly heap: number; readonly indexes: number }>>;
  /** Cells a day, all roll-ups together. */
  readonly cells?: number;
  /** Of all sets of up to two dimensions, chosen or not. */
  readonly allCells?: number;
  /** Question → SQL, median. */
  readonly compileMs?: number;
}

export interface OursQuestion {
  /** First time after the server was started. */
  readonly coldMs: number;
  /** Command to reply. */
  readonly wallMs: number;
  readonly p99Ms: number;
  /** SQL alone. */
  readonly sqlMs: number;
  /** Of the database server. */
  readonly cpuMs: number;
  /** Of this process: reading, estimating, wording. */
  readonly nodeCpuMs: number;
  readonly rows: number;
  readonly source: string;
}

const ROUNDS_MAX = 100;

/**
 * Each question through the bot's own door, from words to reply. Answers are not taken from the cache of results: each round comes after the
 * watermarks were loaded anew.
 */
export async function measureOurs(house: House, serverPid: number, now: number): Promise<OursTimes> {
  await settle(house, now);
  const cold: Record<string, number> = {};
  for (const { id, words } of QUESTIONS) cold[id] = (await askTimed(house, words)).ms;
  const questions: Record<string, OursQuestion> = {};
  for (const { id, words } of QUESTIONS) {
    await followOnce(house, now);
    questions[id] = { ...(await warm(house, words, serverPid)), coldMs: cold[id] ?? 0 };
  }
  const ticks = await followed(house, now);
  const clients = [];
  for (const count of [1, 4, 16]) clients.push(await atOnce(house, count));
  await ticks.stop();
  return { questions, clients };
}

async function warm(house: House, words: string, serverPid: number): Promise<Omit<OursQuestion, "coldMs">> {
  const walls: number[] = [];
  const sqls: number[] = [];
  let last = await askTimed(house, words);
  const [server, own] = [serverCpuMs(serverPid), process.cpuUsage()];
  for (let spent = 0; walls.length < 3 || (spent < 1_000 && walls.length < ROUNDS_MAX); spent += last.ms) {
    await forgetResults(house);
    last = await askTimed(house, words);
    walls.push(last.ms);
    sqls.push(last.sqlMs);
  }
  const { user, system } = process.cpuUsage(own);
  return {
    wallMs: quantile(walls, 0.5),
    p99Ms: quantile(walls, 0.99),
    sqlMs: quantile(sqls, 0.5),
    cpuMs: (serverCpuMs(serverPid) - server) / walls.length,
    nodeCpuMs: (user + system) / 1_000 / walls.length,
    rows: last.rows,
    source: last.source,
  };
}

/** Results are shared while their watermarks stand: a millisecond further they are other data. */
export async function forgetResults(house: House): Promise<void> {
  await house.pools.writer.query(
    "update mart.watermarks set complete_through = complete_through + interval '1 millisecond'",
  );
}

let asked = 0;

export async function askTimed(house: House, words: string) {
  const reply = await tryToAsk(house, words);
  if (!reply) throw new Error(`"${words}" was refused`);
  return reply;
}

/** Null where the question was refused, or ended in a fault, because all query slots were taken. */
async function tryToAsk(house: House, words: string) {
  const started = performance.now();
  const reply = await house.bot.respond({
    where: { platform: "terminal", tenant: "bench", channel: "bench" },
    thread: null,
    person: { id: "bench", zone: "Asia/Singapore" },
    deliveries: [`bench/${process.pid}/${asked++}`],
    act: { type: "words", text: words, spokenTo: true },
  });
  const ms = performance.now() - started;
  if (reply.type === "notice") return null;
  if (reply.type !== "answer") throw new Error(`no answer to "${words}": ${reply.type}`);
  const { answer } = reply;
  if (answer.status !== "answered") {
    if (answer.status === "refused") return null;
    throw new Error(`no answer to "${words}": ${answer.headline}`);
  }
  const sources = new Set(answer.sql.map(({ source }) => source as string));
  return { ms, sqlMs: answer.timing.query, rows: answer.table?.rows.length ?? 0, source: [...sources].join("+") };
}

/** Each client asks the questions in an order of its own, one after another. */
async function atOnce(house: House, count: number) {
  const walls: number[] = [];
  const sqls: number[] = [];
  let refused = 0;
  const started = performance.now();
  const covered = QUESTIONS.filter(({ worst }) => !worst);
  await Promise.all(
    Array.from({ length: count }, async (_, client) => {
      for (let turn = 0; turn < 40; turn++) {
        const question = covered[(client * 5 + turn * 7) % covered.length];
        if (client === 0) await forgetResults(house);
        const reply = question && (await tryToAsk(house, question.words));
        if (reply) {
          walls.push(reply.ms);
          sqls.push(reply.sqlMs);
        } else refused++;
      }
    }),
  );
  const perSecond = walls.length / ((performance.now() - started) / 1_000);
  const [sqlP50, sqlP99] = [quantile(sqls, 0.5), quantile(sqls, 0.99)];
  return { clients: count, p50: quantile(walls, 0.5), p99: quantile(walls, 0.99), sqlP50, sqlP99, perSecond, refused };
}
