import { expect, test } from "vitest";

import { editOf, textsOf } from "./edits";

const FIELDS = ["look", "voice", "seed"] as const;
const member = { look: "a coat", voice: "bf_emma", seed: "7", editedFields: "look,seed" };

test("what the studio chose is no text of the form", () => {
  expect(textsOf(member, FIELDS, ["voice", "seed"])).toEqual({ look: "a coat", voice: "", seed: "7" });
});

test("only what differs is saved, and an emptied number is the studio's again", () => {
  const before = textsOf(member, FIELDS, ["voice", "seed"]);
  expect(editOf(before, { look: "a coat", seed: "" }, ["seed"])).toEqual({ seed: "0" });
  expect(editOf(before, { look: "", voice: "am_adam" }, ["seed"])).toEqual({ look: "", voice: "am_adam" });
});
