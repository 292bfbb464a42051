import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/**
 * The wire of Lark's long connection, written from its description and without the SDK's own code: RFC 6455 framing and the
 * protobuf message `pbbp2.Frame` inside binary frames.
 */
export interface LarkFrame {
  readonly seqId: number;
  readonly logId: number;
  readonly service: number;
  /** 0 = control (ping, pong), 1 = data. */
  readonly method: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

export function encodeFrame(frame: LarkFrame): Buffer {
  return Buffer.concat([
    varintField(1, frame.seqId),
    varintField(2, frame.logId),
    varintField(3, frame.service),
    varintField(4, frame.method),
    ...Object.entries(frame.headers).map(([key, value]) =>
      bytesField(5, Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, Buffer.from(value))])),
    ),
    bytesField(8, frame.payload),
  ]);
}

export function decodeFrame(bytes: Buffer): LarkFrame {
  const headers: Record<string, string> = {};
  const numbers = new Map<number, number>();
  let payload = Buffer.alloc(0);
  for (const [field, value] of fields(bytes)) {
    if (typeof value === "number") numbers.set(field, value);
    else if (field === 8) payload = Buffer.from(value);
    else if (field === 5) {
      const pair = new Map(fields(value));
      headers[String(pair.get(1) ?? "")] = String(pair.get(2) ?? "");
    }
  }
  const number = (field: number): number => numbers.get(field) ?? 0;
  return { seqId: number(1), logId: number(2), service: number(3), method: number(4), headers, payload };
}

const varintField = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);
const bytesField = (field: number, value: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function* fields(bytes: Buffer): Generator<[number, number | Buffer]> {
  let at = 0;
  const read = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error("truncated protobuf");
      at += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const tag = read();
    if ((tag & 7) === 0) yield [tag >> 3, read()];
    else if ((tag & 7) === 2) {
      const length = read();
      yield [tag >> 3, bytes.subarray(at, at + length)];
      at += length;
    } else throw new Error(`wire type ${tag & 7} is not part of the frame`);
  }
}

/** A server-side WebSocket: enough of RFC 6455 for binary messages, pings and closing. */
export interface ServerSocket {
  send(message: Buffer): void;
  close(): void;
}

export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  on: { readonly message: (bytes: Buffer) => void; readonly close: () => void },
): ServerSocket {
  const accept = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readClientFrame(pending); frame; frame = readClientFrame(pending)) {
      pending = pending.subarray(frame.bytes);
      if (frame.opcode === 2) on.message(frame.payload);
      if (frame.opcode === 9) socket.write(serverFrame(10, frame.payload));
      if (frame.opcode === 8) socket.end(serverFrame(8, Buffer.alloc(0)));
    }
  });
  // HTTP sockets stay half open after the other side has ended.
  socket.on("end", () => socket.destroy());
  socket.on("error", () => undefined);
  socket.on("close", on.close);
  return { send: (message) => socket.write(serverFrame(2, message)), close: () => socket.destroy() };
}

function serverFrame(opcode: number, payload: Buffer): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, payload.length])
      : payload.length < 65_536
        ? Buffer.from([0x80 | opcode, 126, payload.length >> 8, payload.length & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127]), uint64(payload.length)]);
  return Buffer.concat([head, payload]);
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function readClientFrame(bytes: Buffer): { opcode: number; payload: Buffer; bytes: number } | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 127;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskAt = 2 + extra;
  if (bytes.length < maskAt + 4) return null;
  const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = maskAt + 4;
  if (bytes.length < start + length) return null;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  for (let index = 0; index < length; index += 1) {
    payload.writeUInt8(payload.readUInt8(index) ^ bytes.readUInt8(maskAt + (index % 4)), index);
  }
  return { opcode: bytes.readUInt8(0) & 15, payload, bytes: start + length };
}
