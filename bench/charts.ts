import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chartConfig, chartHeight, WIDTH } from "../src/charts/config.ts";
import { drawPicture } from "../src/charts/draw.ts";
import { png } from "../src/charts/png.ts";
import { closeCharts, warmCharts } from "../src/charts/pool.ts";
import type { ChartSpec } from "../src/kernel/chart-spec.ts";
import { gallery } from "../tests/gallery/specs.ts";

/**
 * CPU time and size of a picture (1000 × 560 at 2x), and what 2,000 of them leave in memory; beside it, in turns in the same run,
 * chartjs-node-canvas on real cairo where `--cairo DIR` names a folder with canvas@3 and chartjs-node-canvas@5 built.
 *
 *   npm run bench:charts [-- --cairo /path/to/folder --rounds 40 --renders 2000]
 */
const KINDS = {
  "line 5 × 90": "line-five-90",
  "line 1": "line-one",
  "bar 12": "bar-markets",
  "heat 7 × 24": "heat-week",
};
const { values: flags } = parseArgs({
  options: {
    cairo: { type: "string" },
    rounds: { type: "string", default: "40" },
    renders: { type: "string", default: "2000" },
    child: { type: "string" },
  },
});

type Draw = (spec: ChartSpec) => Promise<Uint8Array>;
interface Drawn {
  readonly cpuMs: number;
  readonly kb: number;
}

const specOf = (name: string): ChartSpec => {
  const spec = gallery[name];
  if (!spec) throw new Error(`the gallery has no ${name}`);
  return spec;
};

if (flags.child) serve(flags.child === "own" ? drawPicture : cairoDraw(flags.child));
else await compare();

/** A process of its own for each renderer, so that CPU time is its alone: draws what it is asked to. */
function serve(draw: Draw): void {
  process.on("message", async (name: string) => {
    const before = process.cpuUsage();
    const picture = await draw(specOf(name));
    const { user, system } = process.cpuUsage(before);
    await nextTurn();
    process.send?.({ cpuMs: (user + system) / 1_000, kb: picture.length / 1_024 } satisfies Drawn);
  });
}

interface CairoModule {
  readonly ChartJSNodeCanvas: new (size: {
    width: number;
    height: number;
  }) => {
    registerFont(path: string, font: { family: string; weight: string }): void;
    renderToBuffer(config: unknown): Promise<Buffer>;
  };
}

function cairoDraw(folder: string): Draw {
  const { ChartJSNodeCanvas } = createRequire(join(resolve(folder), "package.json"))(
    "chartjs-node-canvas",
  ) as CairoModule;
  const renderer = new ChartJSNodeCanvas({ width: WIDTH, height: 560 });
  const fonts = join(import.meta.dirname, "..", "assets", "fonts");
  renderer.registerFont(join(fonts, "Inter_400Regular.ttf"), { family: "Inter", weight: "400" });
  renderer.registerFont(join(fonts, "Inter_600SemiBold.ttf"), { family: "Inter", weight: "600" });
  return (spec) => {
    if (chartHeight(spec) !== 560) throw new Error("only pictures of the usual height are compared");
    return renderer.renderToBuffer(chartConfig(spec));
  };
}

async function compare(): Promise<void> {
  const renderers = ["own", ...(flags.cairo ? [flags.cairo] : [])].map((child) => open(child));
  const found = renderers.map(() => new Map<string, Drawn[]>());
  for (let round = -3; round < Number(flags.rounds); round++) {
    for (const name of Object.values(KINDS)) {
      for (const [index, renderer] of renderers.entries()) {
        const drawn = await renderer.draw(name);
        if (round >= 0) found[index]?.set(name, [...(found[index]?.get(name) ?? []), drawn]);
      }
    }
  }
  for (const renderer of renderers) renderer.close();
  print(found);
  await growth(Number(flags.renders));
}

function open(child: string) {
  const started = fork(import.meta.filename, ["--child", child], { execArgv: ["--import", "tsx"] });
  started.once("exit", (code) => {
    throw new Error(`${child} ended with ${code}`);
  });
  return {
    draw: (name: string) =>
      new Promise<Drawn>((done) => {
        started.once("message", (drawn) => done(drawn as Drawn));
        started.send(name);
      }),
    close: () => {
      started.removeAllListeners("exit");
      started.kill();
    },
  };
}

function print(found: readonly Map<string, Drawn[]>[]): void {
  console.log("| picture | CPU-ms median (best) | KB | cairo CPU-ms | KB | cairo ÷ ours |\n|---|---|---|---|---|---|");
  for (const [kind, name] of Object.entries(KINDS)) {
    const [own, cairo] = found.map((renderer) => summed(renderer.get(name) ?? []));
    const theirs = cairo
      ? `${cairo.text} | ${cairo.kb} | ${(cairo.median / (own?.median ?? 1)).toFixed(2)}×`
      : "– | – | –";
    console.log(`| ${kind} | ${own?.text} | ${own?.kb} | ${theirs} |`);
  }
}

function summed(drawn: readonly Drawn[]) {
  const times = drawn.map(({ cpuMs }) => cpuMs).sort((a, b) => a - b);
  const median = times[times.length >> 1] ?? 0;
  return { median, text: `${median.toFixed(0)} (${times[0]?.toFixed(0)})`, kb: Math.round(drawn[0]?.kb ?? 0) };
}

/** Through the pool, each picture with a title of its own, so that none comes from the cache. */
async function growth(renders: number): Promise<void> {
  const workers = await warmCharts((cause) => console.error(cause));
  const names = Object.values(KINDS);
  const draw = (index: number) => {
    const spec = specOf(names[index % names.length] ?? "");
    return png({ ...spec, title: `${spec.title} ${index}` });
  };
  for (let index = 0; index < 200; index++) await draw(renders + index);
  const [before, started, cpu] = [process.memoryUsage.rss(), performance.now(), process.cpuUsage()];
  for (let index = 1; index <= renders; index += 8)
    await Promise.all(Array.from({ length: 8 }, (_, i) => draw(index + i)));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1_000;
  const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
  console.log(
    `\n${renders} pictures by ${workers} workers: ${(renders / seconds).toFixed(1)} a second, ${((user + system) / 1_000 / renders).toFixed(0)} CPU-ms each, memory ${Math.round(before / 2 ** 20)} MB → ${grown >= 0 ? "+" : ""}${grown.toFixed(0)} MB`,
  );
  await closeCharts();
}
