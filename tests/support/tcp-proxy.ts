import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A line to a TCP server that can be made to fail: for a database that is down, silent, rude or slow. */
export interface TcpProxy {
  readonly port: number;
  /** From now on; open connections feel it too. */
  mode(mode: Weather): void;
  readonly connections: number;
  close(): Promise<void>;
}
export type Weather =
  | "open"
  /** Connections are closed, new ones at once. */
  | "down"
  /** Connections stay, nothing passes in either direction, nobody says so. */
  | "black hole"
  /** Connections are reset (RST), new ones as soon as they speak. */
  | "reset"
  /** Every piece takes so many milliseconds. */
  | { readonly slowMs: number };

export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let weather: Weather = "open";

  const server = createServer((near) => {
    if (weather === "down") {
      near.destroy();
      return;
    }
    const pair = { near, far: connect(target.port, target.host) };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      pair.far.destroy();
    };
    for (const side of [near, pair.far]) side.on("error", end).on("close", end);
    const pass = (to: Socket, bytes: Buffer): void => {
      if (weather === "reset") near.resetAndDestroy();
      else if (typeof weather === "object") setTimeout(() => to.writable && to.write(bytes), weather.slowMs);
      else if (weather === "open") to.write(bytes);
    };
    near.on("data", (bytes) => pass(pair.far, bytes));
    pair.far.on("data", (bytes) => pass(near, bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    mode(next) {
      weather = next;
      for (const { near } of pairs) {
        if (next === "down") near.destroy();
        if (next === "reset") near.resetAndDestroy();
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const { near, far } of pairs) {
          near.destroy();
          far.destroy();
        }
        server.close(() => resolve());
      }),
  };
}
