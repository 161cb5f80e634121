/** What each line of a Fountain text is, for its look in the editor; the parser's word counts for everything else. */

export type LineKind =
  | "title"
  | "heading"
  | "cue"
  | "parenthetical"
  | "dialogue"
  | "transition"
  | "section"
  | "synopsis"
  | "centred"
  | "lyrics"
  | "note"
  | "action"
  | "blank";

const HEADING = /^(INT|EXT|EST|INT\.?\/EXT|EXT\.?\/INT|I\/E)[. ]/i;
const TITLE_KEY = /^[A-Za-z][A-Za-z ]*:/;
const TRANSITION = /^[^a-z]*\bTO:$/;
const CUE = /^[^a-z]*[A-Z][^a-z]*(\([^)]*\))?\s*\^?$/;
const NOT_TITLES = /^(FADE|CUT|DISSOLVE)\b/i;

export function lineKinds(lines: readonly string[]): LineKind[] {
  const kinds: LineKind[] = [];
  let isTitlePage = TITLE_KEY.test(lines[0] ?? "") && !NOT_TITLES.test(lines[0] ?? "");
  for (const [at, line] of lines.entries()) {
    const isBlank = line.trim() === "" && line !== "  ";
    if (isTitlePage && !isBlank) {
      kinds.push("title");
      continue;
    }
    isTitlePage = false;
    kinds.push(isBlank ? "blank" : kindOf(line, kinds[at - 1] ?? "blank", lines[at + 1] ?? ""));
  }
  return kinds;
}

function kindOf(line: string, before: LineKind, next: string): LineKind {
  const text = line.trim();
  if (isSpoken(before)) return text.startsWith("(") ? "parenthetical" : text.startsWith("~") ? "lyrics" : "dialogue";
  return forcedKind(text) ?? plainKind(text, before, next);
}

function forcedKind(text: string): LineKind | undefined {
  if (text.startsWith("[[")) return "note";
  if (text.startsWith("!")) return "action";
  if (text.startsWith("@")) return "cue";
  if (text.startsWith("~")) return "lyrics";
  if (text.startsWith("#")) return "section";
  if (text.startsWith("=")) return "synopsis";
  if (text.startsWith(">")) return text.endsWith("<") ? "centred" : "transition";
  if (/^\.[^.]/.test(text)) return "heading";
  return undefined;
}

function plainKind(text: string, before: LineKind, next: string): LineKind {
  if (before !== "blank" && before !== "heading" && before !== "section") return "action";
  if (HEADING.test(text)) return "heading";
  if (TRANSITION.test(text) && next.trim() === "") return "transition";
  if (CUE.test(text) && next.trim() !== "") return "cue";
  return "action";
}

function isSpoken(kind: LineKind): boolean {
  return kind === "cue" || kind === "parenthetical" || kind === "dialogue" || kind === "lyrics";
}
