import { expect, test } from "vitest";

import { crcAfter, zipOf } from "./zip";

const bytes = (text: string) => new TextEncoder().encode(text);

test("the checksum goes on over pieces", () => {
  expect(crcAfter(0, bytes("123456789"))).toBe(0xcbf43926);
  expect(crcAfter(crcAfter(0, bytes("1234")), bytes("56789"))).toBe(0xcbf43926);
});

test("a zip holds its files as they are, and its end tells where its index is", async () => {
  const zip = zipOf([
    { path: "film.mp4", body: new Blob(["moving"]), crc: crcAfter(0, bytes("moving")) },
    { path: "stills/ü.png", body: new Blob(["still"]), crc: crcAfter(0, bytes("still")) },
  ]);
  const view = new DataView(await zip.arrayBuffer());
  const end = view.byteLength - 22;
  const index = view.getUint32(end + 16, true);
  const second = view.getUint32(index + 46 + "film.mp4".length + 42, true);

  expect(view.getUint32(end, true)).toBe(0x06054b50);
  expect(view.getUint16(end + 10, true)).toBe(2);
  expect(view.getUint32(index, true)).toBe(0x02014b50);
  expect(view.getUint32(second, true)).toBe(0x04034b50);
  expect(new TextDecoder().decode(view.buffer.slice(38, 44))).toBe("moving");
});
