import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** As much of RFC 6455 as Slack's Socket Mode uses: text frames, ping and pong, close. The server side. */
export interface Socket {
  send(text: string): void;
  close(): void;
  /** Cuts the line without a word. */
  drop(): void;
  onText(listener: (text: string) => void): void;
  onClose(listener: () => void): void;
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export function acceptSocket(request: IncomingMessage, stream: Duplex): Socket {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
  stream.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const listeners: { text: (text: string) => void; close: () => void } = { text() {}, close() {} };
  let pending = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame; frame = readFrame(pending)) {
      pending = pending.subarray(frame.bytes);
      if (frame.opcode === TEXT) listeners.text(frame.payload.toString());
      if (frame.opcode === PING) stream.write(frameOf(PONG, frame.payload));
      if (frame.opcode === CLOSE) stream.end(frameOf(CLOSE, frame.payload));
    }
  });
  stream.on("error", () => stream.destroy());
  stream.on("close", () => listeners.close());
  return {
    send: (text) => void stream.write(frameOf(TEXT, Buffer.from(text))),
    close: () => void stream.write(frameOf(CLOSE, Buffer.from([0x03, 0xe8]))),
    drop: () => void stream.destroy(),
    onText: (listener) => {
      listeners.text = listener;
    },
    onClose: (listener) => {
      listeners.close = listener;
    },
  };
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly bytes: number;
}

/** The first frame of the bytes; null while it is not complete. */
function readFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 127;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 2 + lengthBytes) return null;
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const masked = (bytes.readUInt8(1) & 128) !== 0;
  const start = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < start + length) return null;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (masked) for (let i = 0; i < length; i += 1) payload[i] = (payload[i] ?? 0) ^ (bytes[start - 4 + (i % 4)] ?? 0);
  return { opcode: bytes.readUInt8(0) & 15, payload, bytes: start + length };
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 128 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
