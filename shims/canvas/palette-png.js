"use strict";

const { promisify } = require("node:util");
const { crc32, deflate, deflateSync } = require("node:zlib");

/**
 * Opaque pixels as an 8-bit-palette PNG, or null where that would not look the same (transparency, photographs).
 * A chart has a few flat colours and the shades of their smoothed edges: one byte a pixel is a quarter of the work for
 * deflate. The 64 commonest colours stay exact; the rare edge shades share the other 192 entries.
 * Specification: https://www.w3.org/TR/png-3/ (colour type 3, filter 0 throughout, as it advises for palettes).
 */
function palettePngSync(rgba, width, height) {
  const image = indexed(rgba, width, height);
  if (!image) return null;
  const packed = deflateSync(image.scanlines, DEFLATE);
  return assemble(width, height, image.palette, isHeavy(packed) ? deflateSync(image.scanlines, HARDER) : packed);
}

/** The same with deflate on zlib's thread, so that the event loop turns meanwhile. */
async function palettePng(rgba, width, height) {
  const image = indexed(rgba, width, height);
  if (!image) return null;
  const packed = await pack(image.scanlines, DEFLATE);
  return assemble(width, height, image.palette, isHeavy(packed) ? await pack(image.scanlines, HARDER) : packed);
}

const pack = promisify(deflate);
/** A crowded chart is worth a second pass: a file of this size is what a phone waits for. */
const isHeavy = (packed) => packed.length > 98 * 1024;

module.exports = { palettePng, palettePngSync };

/** Level 6 takes a third longer for a fortieth less. */
const DEFLATE = { level: 5, memLevel: 9, chunkSize: 1 << 17 };
const HARDER = { ...DEFLATE, level: 8 };
const COLOURS_MAX = 16_384; // more are a photograph
const EXACT = 64;
const ENTRIES = 256;
/** Largest distance (of 255, in one channel) that a rare edge pixel may be moved; beyond it Skia writes the file. */
const SHIFT_MAX = 20;

/** Palette and scanlines (each led by its filter byte 0), or null. */
function indexed(rgba, width, height) {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  const counted = countColours(pixels, width, repeatedRows(rgba, width * 4, height));
  const palette = counted && choosePalette([...counted.colours], counted.counts);
  if (!palette) return null;
  return { palette: palette.entries, scanlines: scanlinesOf(counted, palette.indexOf, width, height) };
}

/** 1 for each row that is the row above once more; memcmp finds it at once, and half the rows of a chart are such. */
function repeatedRows(rgba, stride, height) {
  const bytes = Buffer.from(rgba.buffer, rgba.byteOffset, stride * height);
  const repeated = new Uint8Array(height);
  for (let y = 1; y < height; y++) {
    const at = y * stride;
    if (bytes.compare(bytes, at - stride, at, at, at + stride) === 0) repeated[y] = 1;
  }
  return repeated;
}

/**
 * Cuts the rows into runs of one colour and gives every distinct colour an id; an open-addressing table, because a Map costs ten times as much.
 * A run of a chart is some 30 pixels long, so that runs are a tenth of the work of pixels. Null for transparency and photographs.
 */
function countColours(pixels, width, repeated) {
  const table = new Int16Array(COLOURS_MAX * 2).fill(-1);
  const mask = table.length - 1;
  const colours = new Uint32Array(COLOURS_MAX);
  const counts = new Uint32Array(COLOURS_MAX);
  let distinct = 0;
  let run = 0;
  for (let y = 0; y < repeated.length; y++) {
    if (repeated[y] === 1) continue;
    let times = 1;
    while (repeated[y + times] === 1) times++;
    const rowEnd = (y + 1) * width;
    if (run + width > runs.ids.length) runs = grown(runs, run + width);
    const { ids, lengths } = runs;
    for (let i = y * width; i < rowEnd; run++) {
      const colour = pixels[i];
      const start = i++;
      while (i < rowEnd && pixels[i] === colour) i++;
      let slot = (Math.imul(colour, 0x9e3779b1) >>> 16) & mask;
      while (table[slot] >= 0 && colours[table[slot]] !== colour) slot = (slot + 1) & mask;
      if (table[slot] < 0) {
        if (colour >>> 24 !== 255 || distinct === COLOURS_MAX) return null;
        colours[distinct] = colour;
        table[slot] = distinct++;
      }
      const id = table[slot];
      counts[id] += (i - start) * times;
      ids[run] = id;
      lengths[run] = i - start;
    }
  }
  return { runs, repeated, colours: colours.subarray(0, distinct), counts };
}

/** The runs of a picture: kept between pictures, for fresh memory costs more than the counting. */
let runs = { ids: new Uint16Array(1 << 18), lengths: new Uint32Array(1 << 18) };

function grown(old, least) {
  const size = Math.max(least, old.ids.length * 2);
  const ids = new Uint16Array(size);
  const lengths = new Uint32Array(size);
  ids.set(old.ids);
  lengths.set(old.lengths);
  return { ids, lengths };
}

function scanlinesOf({ runs: { ids, lengths }, repeated }, indexOf, width, height) {
  const scanlines = new Uint8Array((width + 1) * height);
  for (let y = 0, run = 0, to = 0; y < height; y++) {
    const rowEnd = to + width + 1;
    if (repeated[y] === 1) {
      scanlines.copyWithin(to, to - width - 1, to);
      to = rowEnd;
      continue;
    }
    to++;
    for (; to < rowEnd; run++) {
      const index = indexOf[ids[run]];
      const end = to + lengths[run];
      if (lengths[run] > LONG_RUN) scanlines.fill(index, to, end);
      else for (let at = to; at < end; at++) scanlines[at] = index;
      to = end;
    }
  }
  return scanlines;
}

/** From here on a native fill is quicker than a loop. */
const LONG_RUN = 48;

/** The palette and, for each colour id, its entry; null where a colour would be moved too far. */
function choosePalette(colours, counts) {
  const byCount = colours.map((_, id) => id).sort((a, b) => counts[b] - counts[a]);
  const exact = byCount.length <= ENTRIES ? byCount : byCount.slice(0, EXACT);
  const boxes = medianCut(byCount.slice(exact.length), colours, ENTRIES - exact.length);
  if (boxes.some((each) => each.width > 2 * SHIFT_MAX)) return null;
  const indexOf = new Uint8Array(colours.length);
  exact.forEach((id, index) => {
    indexOf[id] = index;
  });
  boxes.forEach((each, index) => {
    for (const id of each.ids) indexOf[id] = exact.length + index;
  });
  return { entries: [...exact.map((id) => colours[id]), ...boxes.map((each) => each.middle)], indexOf };
}

/** Heckbert's median cut, but halving the widest channel, which bounds how far any colour is moved. */
function medianCut(ids, colours, boxesMax) {
  const boxes = ids.length === 0 ? [] : [box(ids, colours)];
  while (boxes.length > 0 && boxes.length < boxesMax) {
    const widest = boxes.reduce((a, b) => (b.width > a.width ? b : a));
    if (widest.width === 0) break;
    const { shift } = widest;
    const middle = widest.low + widest.width / 2;
    const below = widest.ids.filter((id) => channel(colours[id], shift) <= middle);
    const above = widest.ids.filter((id) => channel(colours[id], shift) > middle);
    boxes.splice(boxes.indexOf(widest), 1, box(below, colours), box(above, colours));
  }
  return boxes;
}

const SHIFTS = [0, 8, 16];
const channel = (colour, shift) => (colour >>> shift) & 255;

/** Colours with the least box around them: its widest channel and its middle. */
function box(ids, colours) {
  const ranges = SHIFTS.map((shift) => {
    let low = 255;
    let high = 0;
    for (const id of ids) {
      const value = channel(colours[id], shift);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return { shift, low, width: high - low };
  });
  const middle = ranges.reduce((sum, { shift, low, width }) => sum | ((low + (width >> 1)) << shift), 0xff000000);
  return { ids, middle: middle >>> 0, ...ranges.reduce((a, b) => (b.width > a.width ? b : a)) };
}

function assemble(width, height, palette, packed) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette, deflate, adaptive filters, not interlaced
  const colours = Buffer.from(palette.flatMap((colour) => SHIFTS.map((shift) => channel(colour, shift))));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", packed),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
