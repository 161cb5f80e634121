import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { awayFault, Fault } from "../../api/fault";
import { draftOf, SAVE_AFTER_MS, type Shelf } from "./draft";

const LOADED = { text: "One.", revision: "r/1", isConverted: false, etag: "1" };

/** A project that refuses what was not written over its newest text. */
class Kept implements Shelf {
  text = LOADED.text;
  number = 1;
  isAway = false;

  read() {
    return Promise.resolve({ text: this.text, revision: `r/${this.number}`, isConverted: false, etag: `${this.number}` });
  }

  save(text: string, etag: string) {
    if (this.isAway) return Promise.reject(awayFault("away"));
    if (etag !== `${this.number}`) return Promise.reject(new Fault("", 409, "ABORTED", "ETAG_MISMATCH", [], ""));
    this.text = text;
    this.number += 1;
    return Promise.resolve({ name: `r/${this.number}` });
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a text is saved when it has been left alone, once", async () => {
  const shelf = new Kept();
  const draft = draftOf(LOADED, shelf);
  draft.getState().write("Two.");
  draft.getState().write("Three.");
  await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
  expect([shelf.text, shelf.number, draft.getState().state]).toEqual(["Three.", 2, "saved"]);
});

test("what somebody else saved is not written over unless that is wanted", async () => {
  const shelf = new Kept();
  const draft = draftOf(LOADED, shelf);
  await shelf.save("Theirs.", "1");
  draft.getState().write("Mine.");
  await draft.getState().save();
  expect([shelf.text, draft.getState().state]).toEqual(["Theirs.", "conflict"]);
  await draft.getState().keepMine();
  expect([shelf.text, draft.getState().state]).toEqual(["Mine.", "saved"]);
});

test("theirs can be taken, and is the base of what follows", async () => {
  const shelf = new Kept();
  const draft = draftOf(LOADED, shelf);
  await shelf.save("Theirs.", "1");
  draft.getState().write("Mine.");
  await draft.getState().save();
  await draft.getState().takeTheirs();
  draft.getState().write("Theirs, and more.");
  await draft.getState().save();
  expect([shelf.text, draft.getState().state]).toEqual(["Theirs, and more.", "saved"]);
});

test("while the studio is away a text waits, and is saved when it is back", async () => {
  const shelf = new Kept();
  const draft = draftOf(LOADED, shelf);
  shelf.isAway = true;
  draft.getState().write("Two.");
  await draft.getState().save();
  expect(draft.getState().state).toBe("failed");
  shelf.isAway = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([shelf.text, draft.getState().state]).toEqual(["Two.", "saved"]);
});
