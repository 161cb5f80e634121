import { expect, test } from "vitest";

import { type Choices, choicesAfter, optionsOf } from "./choices";

const FIRST = choicesAfter(undefined);
const OUTPUT = { aspect: "9:16", language: "", captionsOnly: true, form: "FILM_FORM_UNSPECIFIED" } as const;

test("the first render is a storyboard, and says nothing that is as the studio has it", () => {
  expect(optionsOf(FIRST)).toEqual({
    target: "TARGET_STORYBOARD",
    size: { widthPx: 1280, heightPx: 720 },
    quality: "QUALITY_FULL",
  });
});

test("versions and texts over the picture are of films alone", () => {
  const given: Choices = { ...FIRST, outputs: [OUTPUT], lowerThirds: ["LOWER_THIRD_KIND_NAMES"] };
  expect(optionsOf(given).outputs).toBeUndefined();
  expect(optionsOf({ ...given, target: "TARGET_FILM" })).toMatchObject({
    outputs: [{ aspect: "9:16" }],
    lowerThirds: ["LOWER_THIRD_KIND_NAMES"],
  });
});

test("scenes are told one by one", () => {
  expect(optionsOf({ ...FIRST, scenes: " 3, 5-7 " }).selection).toEqual({ scenes: ["3", "5-7"] });
});
