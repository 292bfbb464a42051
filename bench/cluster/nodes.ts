import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";

type Row = Readonly<Record<string, unknown>>;

/** A server of the cluster `moderation`, on loopback, with its own folder. */
export interface Node {
  command(statement: string): Promise<void>;
  insert(table: string, rows: readonly Row[]): Promise<void>;
  rows(statement: string, settings?: Readonly<Record<string, number>>): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

/** Starts servers that are one shard each of one cluster. */
export async function startNodes(count: number): Promise<readonly Node[]> {
  const ports = await Promise.all(
    Array.from({ length: count }, () => Promise.all([freePort(), freePort(), freePort()])),
  );
  const shards = ports.map(([tcp]) => `<shard><replica><host>127.0.0.1</host><port>${tcp}</port></replica></shard>`);
  return Promise.all(ports.map(([tcp, http, between]) => startNode({ tcp, http, between }, shards.join(""))));
}

interface Ports {
  readonly tcp: number;
  readonly http: number;
  readonly between: number;
}

async function startNode(ports: Ports, shards: string): Promise<Node> {
  const folder = mkdtempSync(join(tmpdir(), "clickhouse-"));
  for (const name of ["data", "tmp", "log"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "config.xml"), configOf(folder, ports, shards));
  writeFileSync(join(folder, "users.xml"), USERS);
  const server = spawn("clickhouse-server", [`--config-file=${join(folder, "config.xml")}`], {
    cwd: folder,
    stdio: "ignore",
  });
  const client = createClient({
    url: `http://127.0.0.1:${ports.http}`,
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: 60_000,
  });
  await isUp(client, server);
  return {
    command: async (query) => {
      await client.command({ query });
    },
    insert: async (table, values) => {
      await client.insert({ table, values: [...values], format: "JSONEachRow", clickhouse_settings: SYNC });
    },
    rows: async (query, settings = {}) => {
      const found = await client.query({
        query,
        format: "JSONEachRow",
        clickhouse_settings: { ...LOCAL, ...settings },
      });
      return found.json<Row>();
    },
    stop: async () => {
      await client.close();
      if (server.exitCode === null && server.signalCode === null) {
        server.kill("SIGKILL");
        await once(server, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows are on their shards when the insert is over. */
const SYNC = { insert_distributed_sync: 1 } as const;
/** A join on a distributed table reads the shard's own part: rows that are joined lie together. */
const LOCAL = { distributed_product_mode: "local" } as const;

async function isUp(client: ClickHouseClient, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`clickhouse-server ended with ${server.exitCode}`);
    if ((await client.ping()).success) return;
    await setTimeout(100);
  }
  throw new Error("clickhouse-server did not start within 30 s");
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const configOf = (folder: string, { tcp, http, between }: Ports, shards: string): string => `<yandex>
  <logger><level>warning</level><log>${folder}/log/server.log</log><errorlog>${folder}/log/error.log</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port>
  <interserver_http_port>${between}</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
  <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
  <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>67108864</mark_cache_size><max_concurrent_queries>50</max_concurrent_queries>
  <remote_servers><moderation>${shards}</moderation></remote_servers>
</yandex>`;

const USERS = `<yandex>
  <profiles><default><max_memory_usage>2000000000</max_memory_usage><connect_timeout_with_failover_ms>1000</connect_timeout_with_failover_ms></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>`;
