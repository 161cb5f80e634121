import { expect, test } from "vitest";

import { lineKinds } from "./fountain";

const kinds = (text: string): string[] => lineKinds(text.split("\n"));

test("a title page ends with the first blank line", () => {
  expect(kinds("Title: Sea\n  of Fog\n\nRain.")).toEqual(["title", "title", "blank", "action"]);
});

test("speech goes on until a blank line", () => {
  expect(kinds("Rain.\n\nTOM\n(softly)\nYes.\n\nNo.")).toEqual([
    "action",
    "blank",
    "cue",
    "parenthetical",
    "dialogue",
    "blank",
    "action",
  ]);
});

test("a shout with nothing under it is no cue", () => {
  expect(kinds("INT. SEA - DAY\n\nBANG")).toEqual(["heading", "blank", "action"]);
});

test.each([
  [".DREAM", "heading"],
  ["!INT. IS ACTION", "action"],
  ["@McAvoy", "cue"],
  ["> CUT TO:", "transition"],
  ["CUT TO:", "transition"],
  ["> THE END <", "centred"],
  ["# Act One", "section"],
  ["= It ends.", "synopsis"],
  ["[[why?]]", "note"],
])("%s is a %s", (line, kind) => {
  expect(kinds(`INT. SEA - DAY\n\n${line}`)[2]).toBe(kind);
});
