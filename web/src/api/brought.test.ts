import { expect, test } from "vitest";

import { faultOfFile, formatOf } from "./brought";

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (each) => each.charCodeAt(0));

test.each([
  ["\x89PNG\r\n\x1a\n", "PNG"],
  ["RIFF....WEBPVP8 ", "WebP"],
  ["RIFF....WAVEfmt ", "WAV"],
  ["....ftypqt  ", "MP4"],
  ["\0\x01\0\0", "TrueType"],
  ["ID3\x04", "MP3"],
  ["\xff\xfb\x90", "MP3"],
  ["<svg xmlns=", ""],
  ["ffconcat version", ""],
])("a file is told by its first bytes: %j is %j", (head, format) => {
  expect(formatOf(bytes(head))).toBe(format);
});

test("what the studio would refuse is refused before it is sent", async () => {
  const picture = new File([bytes("\x89PNG\r\n\x1a\n....")], "logo.svg");

  expect(await faultOfFile(picture, "logo")).toBeNull();
  expect(await faultOfFile(new File([], "logo.png"), "logo")).toEqual({ fault: "empty" });
  expect(await faultOfFile(picture, "font")).toEqual({ fault: "format", formats: "TrueType, OpenType" });
});
