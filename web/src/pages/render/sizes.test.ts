import { expect, test } from "vitest";

import { ASPECT_NAMES, ASPECTS, aspectOf, sizeIn, sizesBeside } from "./sizes";

test("every size is even, and of the proportions that it stands under", () => {
  for (const aspect of ASPECT_NAMES) {
    const [across = 0, down = 1] = aspect.split(":").map(Number);
    for (const size of ASPECTS[aspect]) {
      const [width = 0, height = 0] = size.split("x").map(Number);
      expect([width % 2, height % 2]).toEqual([0, 0]);
      expect(Math.abs(width / height / (across / down) - 1)).toBeLessThan(0.01);
    }
  }
});

test("other proportions are as fine, and a size of none is offered alone", () => {
  expect(sizeIn("9:16", "1920x1080")).toBe("1080x1920");
  expect(aspectOf("854x480")).toBeUndefined();
  expect(sizesBeside("854x480")).toEqual(["854x480"]);
  expect(sizeIn("1:1", "854x480")).toBe("720x720");
});
