import { parentPort } from "node:worker_threads";
import { type JudgeAsked, judge } from "./judge.ts";

/** The other side of `judgeAside`. */
parentPort?.once("message", (asked: JudgeAsked) => parentPort?.postMessage(judge(asked)));
