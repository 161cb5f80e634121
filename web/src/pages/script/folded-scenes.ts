/** Scenes fold at their headings. */
import { codeFolding, foldGutter, foldKeymap, foldService } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";

const HEADING = /^(\.[^.]|(INT|EXT|EST|INT\.?\/EXT|EXT\.?\/INT|I\/E)[. ])/i;

export function foldedScenes(): Extension {
  return [
    codeFolding({ placeholderText: "…" }),
    foldGutter({ openText: "▾", closedText: "▸" }),
    keymap.of(foldKeymap),
    foldService.of((state, from) => {
      const heading = state.doc.lineAt(from);
      if (!HEADING.test(heading.text)) return null;
      let end = heading.number;
      while (end < state.doc.lines && !HEADING.test(state.doc.line(end + 1).text)) end += 1;
      while (end > heading.number && state.doc.line(end).text.trim() === "") end -= 1;
      return end > heading.number ? { from: heading.to, to: state.doc.line(end).to } : null;
    }),
  ];
}
