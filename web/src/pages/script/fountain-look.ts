/** How a screenplay looks while it is written: as on its page, cues and speech indented. */
import { type Extension, RangeSetBuilder, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

import { type LineKind, lineKinds } from "./fountain";

const MARKS = new Map<LineKind, Decoration>();

function markOf(kind: LineKind): Decoration {
  const known = MARKS.get(kind) ?? Decoration.line({ class: `script-${kind}` });
  MARKS.set(kind, known);
  return known;
}

function marked(text: Text): DecorationSet {
  const lines = text.toString().split("\n");
  const builder = new RangeSetBuilder<Decoration>();
  let at = 0;
  for (const [number, kind] of lineKinds(lines).entries()) {
    if (kind !== "blank" && kind !== "action") builder.add(at, at, markOf(kind));
    at += (lines[number] ?? "").length + 1;
  }
  return builder.finish();
}

const marks = StateField.define<DecorationSet>({
  create: (state) => marked(state.doc),
  update: (kept, change) => (change.docChanged ? marked(change.newDoc) : kept),
  provide: (field) => EditorView.decorations.from(field),
});

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "1rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-script, 'Courier Prime', monospace)", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { padding: "1.5rem 0 40vh", caretColor: "var(--accent)", maxWidth: "44rem" },
  ".cm-line": { padding: "0 1rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--soft)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 5%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 32%, transparent)",
  },
  ".cm-foldPlaceholder": { background: "var(--raised)", border: "1px solid var(--line)", color: "var(--soft)", padding: "0 0.4em" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-diagnostic": { fontFamily: "Inter, sans-serif", padding: "0.5rem 0.75rem" },
  ".cm-lintRange-warning": { backgroundImage: "none", borderBottom: "2px solid var(--warn)" },
  ".cm-lintRange-error": { backgroundImage: "none", borderBottom: "2px solid var(--bad)" },
  ".cm-lintRange-info": { backgroundImage: "none", borderBottom: "2px dotted var(--soft)" },
  ".cm-lintPoint::after": { display: "none" },
  ".cm-textfield, .cm-button": { background: "var(--sunk)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".script-title": { color: "var(--soft)" },
  ".script-heading": { fontWeight: "700", color: "var(--accent)" },
  ".script-cue": { paddingLeft: "min(13rem, 32%) !important", fontWeight: "700" },
  ".script-parenthetical": { paddingLeft: "min(10rem, 24%) !important", color: "var(--soft)" },
  ".script-dialogue, .script-lyrics": { paddingLeft: "min(7rem, 15%) !important", paddingRight: "min(7rem, 10%) !important" },
  ".script-lyrics": { fontStyle: "italic" },
  ".script-transition": { textAlign: "right", color: "var(--soft)" },
  ".script-centred": { textAlign: "center" },
  ".script-section": { fontWeight: "700", color: "var(--soft)" },
  ".script-synopsis, .script-note": { color: "var(--soft)", fontStyle: "italic" },
});

export function fountainLook(): Extension {
  return [marks, theme];
}
