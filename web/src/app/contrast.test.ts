import { expect, test } from "vitest";

import { colourOf, contrast, CONTRAST_MIN, inkOn, readable } from "./contrast";

test("black on white is 21 to 1", () => {
  expect(contrast(colourOf("#000000"), colourOf("#ffffff"))).toBeCloseTo(21, 5);
});

test.each(["#000000", "#0000ff", "#ff0000", "#7f7f7f", "#ffff00", "#ffffff"])("%s can be read everywhere", (accent) => {
  for (const grounds of [["#0f1012", "#17191c"], ["#f5f3ee", "#fffefb"]]) {
    const colour = readable(accent, grounds);
    for (const ground of grounds) expect(contrast(colourOf(colour), colourOf(ground))).toBeGreaterThanOrEqual(CONTRAST_MIN);
    expect(contrast(colourOf(inkOn(colour)), colourOf(colour))).toBeGreaterThanOrEqual(CONTRAST_MIN);
  }
});

test("what can be read is left as it is", () => {
  expect(readable("#e0b25c", ["#0f1012", "#17191c"])).toBe("#e0b25c");
});
