import { expect, test } from "vitest";

import { de } from "../../words/de";
import { en } from "../../words/en";
import { voiceName } from "./voice-name";

test("a voice whose name tells who speaks is called by that", () => {
  expect(voiceName("bf_emma", en)).toBe("Emma, British woman");
  expect(voiceName("am_michael", de)).toBe("Michael, Mann, amerikanisch");
});

test("another voice keeps its name", () => {
  expect(voiceName("coral", en)).toBe("coral");
});
