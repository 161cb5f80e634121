/**
 * The editor of a screenplay. It lives in a shadow root: there its styles are sheets of the document, which the
 * page's policy lets through, and not markup, which it does not.
 */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";

import type { Diagnostic } from "../../api/answers";
import { foldedScenes } from "./folded-scenes";
import { fountainLook } from "./fountain-look";

/** A place to go to; a new object goes there again. */
export interface Place {
  line: number;
}

interface Props {
  text: string;
  label: string;
  diagnostics: readonly Diagnostic[];
  place: Place | null;
  change: (text: string) => void;
  /** The line of the cursor, from 1. */
  moved: (line: number) => void;
}

export default function ScreenplayEditor({ text, label, diagnostics, place, change, moved }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const told = useRef({ change, moved });
  useEffect(() => {
    told.current = { change, moved };
  });
  useEffect(() => {
    const root = host.current?.shadowRoot ?? host.current?.attachShadow({ mode: "open" });
    if (!root) return;
    const made = new EditorView({ root, parent: root, state: stateOf(text, label, told) });
    view.current = made;
    return () => made.destroy();
    // The editor keeps the text from here on; another one comes by the effect below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [label]);
  useEffect(() => {
    const made = view.current;
    if (!made || made.state.doc.toString() === text) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const made = view.current;
    if (made) made.dispatch(setDiagnostics(made.state, marksOf(made.state, diagnostics)));
  }, [diagnostics]);
  useEffect(() => {
    const made = view.current;
    if (!made || !place) return;
    const line = made.state.doc.line(Math.min(Math.max(place.line, 1), made.state.doc.lines));
    made.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "start", yMargin: 60 }) });
    made.focus();
  }, [place]);
  return <div ref={host} className="h-full min-h-0" />;
}

type Told = { current: Pick<Props, "change" | "moved"> };

function stateOf(text: string, label: string, told: Told): EditorState {
  return EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      EditorView.lineWrapping,
      search({ top: true }),
      foldedScenes(),
      fountainLook(),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true", tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) told.current.change(update.state.doc.toString());
        if (update.selectionSet) told.current.moved(update.state.doc.lineAt(update.state.selection.main.head).number);
      }),
    ],
  });
}

const SEVERITIES = {
  SEVERITY_UNSPECIFIED: "info",
  SEVERITY_INFO: "info",
  SEVERITY_WARNING: "warning",
  SEVERITY_ERROR: "error",
} as const;

function marksOf(state: EditorState, diagnostics: readonly Diagnostic[]) {
  return diagnostics
    .filter((each) => each.line >= 1 && each.line <= state.doc.lines)
    .map((each) => {
      const line = state.doc.line(each.line);
      const from = Math.min(line.from + Math.max(each.column - 1, 0), line.to);
      const to = Math.min(each.columnLast ? line.from + each.columnLast : line.to, line.to);
      const message = [each.text, each.suggestion].filter(Boolean).join(" ");
      return { from, to: Math.max(from, to), severity: SEVERITIES[each.severity], message };
    });
}
