/** A screenplay that is being written: saved by itself, and never over somebody else's. */
import { createStore, type StoreApi } from "zustand/vanilla";

import { Fault } from "../../api/fault";
import type { ScriptText } from "../../api/screenplays";

export type DraftState = "saved" | "unsaved" | "saving" | "conflict" | "failed";

export interface Draft {
  text: string;
  state: DraftState;
  revision: string;
  isConverted: boolean;
  fault: unknown;
  write(text: string): void;
  /** Saves what is not saved; ends when there is nothing more to do for now. */
  save(): Promise<void>;
  /** After a conflict: mine over theirs, or theirs. */
  keepMine(): Promise<void>;
  takeTheirs(): Promise<void>;
}

export interface Shelf {
  read(): Promise<ScriptText>;
  save(text: string, etag: string): Promise<{ name: string }>;
}

export const SAVE_AFTER_MS = 1_500;
const AGAIN_AFTER_MS = 4_000;

export function draftOf(loaded: ScriptText, shelf: Shelf): StoreApi<Draft> {
  let etag = loaded.etag;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;

  return createStore<Draft>((set, get) => {
    function saveLater(ms: number): void {
      clearTimeout(timer);
      timer = setTimeout(() => void get().save(), ms);
    }

    async function saveOnce(): Promise<void> {
      const text = get().text;
      set({ state: "saving", fault: null });
      try {
        const { name } = await shelf.save(text, etag);
        const now = await shelf.read();
        etag = now.etag;
        const isOurs = now.revision === name;
        const isWhole = get().text === text;
        set({ revision: name, isConverted: false, state: isOurs ? (isWhole ? "saved" : "unsaved") : "conflict" });
        if (isOurs && !isWhole) saveLater(SAVE_AFTER_MS);
      } catch (error) {
        take(error);
      }
    }

    function take(error: unknown): void {
      if (error instanceof Fault && error.isConflict) return set({ state: "conflict" });
      set({ state: "failed", fault: error });
      if (error instanceof Fault && (error.isAway || error.isSignedOut)) saveLater(AGAIN_AFTER_MS);
    }

    return {
      text: loaded.text,
      state: "saved",
      revision: loaded.revision,
      isConverted: loaded.isConverted,
      fault: null,
      write(text) {
        if (text === get().text) return;
        const { state } = get();
        set({ text, state: state === "saving" || state === "conflict" ? state : "unsaved" });
        if (state !== "conflict") saveLater(SAVE_AFTER_MS);
      },
      save() {
        const { state, text } = get();
        clearTimeout(timer);
        if (state === "saved" || state === "conflict" || text.trim() === "") return Promise.resolve();
        running ??= saveOnce().finally(() => (running = null));
        return running;
      },
      async keepMine() {
        etag = (await shelf.read()).etag;
        set({ state: "unsaved" });
        await get().save();
      },
      async takeTheirs() {
        const theirs = await shelf.read();
        etag = theirs.etag;
        set({ text: theirs.text, revision: theirs.revision, isConverted: theirs.isConverted, state: "saved" });
      },
    };
  });
}
