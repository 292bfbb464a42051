"use strict";

/**
 * The package `canvas` as chartjs-node-canvas wants it, without cairo: @napi-rs/canvas through its own node-canvas
 * interface, with PNG written by our palette encoder wherever it is faithful. Why: docs/adr/0001-canvas-shim.md.
 */
const { Readable } = require("node:stream");
const compat = require("@napi-rs/canvas/node-canvas");
const { palettePng, palettePngSync } = require("./palette-png.js");

function createCanvas(width, height, type) {
  return type === "svg" ? compat.createCanvas(width, height, type) : withPalettePng(compat.createCanvas(width, height));
}

function withPalettePng(canvas) {
  const skiaBuffer = canvas.toBuffer;
  const skiaUrl = canvas.toDataURL;
  const png = () => palettePngSync(canvas.data(), canvas.width, canvas.height) ?? skiaBuffer.call(canvas, "image/png");
  const pngLater = async () => (await palettePng(canvas.data(), canvas.width, canvas.height)) ?? canvas.encode("png");
  const toUrl = (bytes) => `data:image/png;base64,${bytes.toString("base64")}`;

  canvas.toBuffer = (first, ...rest) => {
    if (!isPng(typeof first === "function" ? rest[0] : first)) return skiaBuffer.call(canvas, first, ...rest);
    if (typeof first !== "function") return png();
    pngLater().then((bytes) => first(null, bytes), first);
  };
  canvas.toDataURL = (...args) => {
    const callback = args.find((arg) => typeof arg === "function");
    if (!isPng(args[0] === callback ? undefined : args[0])) return skiaUrl.apply(canvas, args);
    if (!callback) return toUrl(png());
    pngLater().then((bytes) => callback(null, toUrl(bytes)), callback);
  };
  canvas.createPNGStream = () =>
    Readable.from(
      (async function* () {
        yield await pngLater();
      })(),
    );
  return canvas;
}

const isPng = (mime) => mime === undefined || mime === "image/png";

module.exports = { ...compat, createCanvas };
