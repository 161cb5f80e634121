/** Whether the text is saved, how long it is, and what to do when somebody else saved meanwhile. */
import { useStore } from "zustand";
import type { StoreApi } from "zustand/vanilla";

import type { Parsed } from "../../api/answers";
import { FaultNotice } from "../../parts/Notice";
import { lasting } from "../../words/forms";
import { useWords } from "../../words/words";
import type { Draft } from "./draft";

export function DraftMark({ draft, parsed }: { draft: StoreApi<Draft>; parsed: Parsed | undefined }) {
  const words = useWords();
  const { state, fault, text, isConverted, revision, keepMine, takeTheirs, save } = useStore(draft);
  const told = {
    saved: revision ? words.script.saved : words.script.fresh,
    unsaved: words.script.unsaved,
    saving: words.script.saving,
    conflict: words.script.unreadable,
    failed: words.script.unreadable,
  }[text.trim() === "" && state === "unsaved" ? "saved" : state];
  return (
    <div className="border-b border-line">
      <div className="flex min-h-11 flex-wrap items-center gap-x-5 px-4 text-sm text-soft">
        <span role="status" className={state === "conflict" || state === "failed" ? "text-bad" : ""}>
          {told}
        </span>
        {parsed && (
          <span className="ml-auto flex gap-x-4 tabular-nums">
            <span>{words.script.words(parsed.wordCount)}</span>
            <span>{words.script.pages(parsed.pageEighths)}</span>
            <span>{words.script.about(lasting(parsed.estimatedMs))}</span>
          </span>
        )}
      </div>
      {isConverted && <p className="px-4 pb-2 text-sm text-soft">{words.script.converted}</p>}
      {state === "conflict" && (
        <div role="alert" className="flex flex-wrap items-center gap-2 bg-warn/15 px-4 py-2">
          <p className="mr-auto">{words.script.conflict}</p>
          <button type="button" className="button" onClick={() => void takeTheirs()}>
            {words.script.takeTheirs}
          </button>
          <button type="button" className="button" onClick={() => void keepMine()}>
            {words.script.keepMine}
          </button>
        </div>
      )}
      {state === "failed" && (
        <div className="px-4 pb-3">
          <FaultNotice error={fault} retry={() => void save()} />
        </div>
      )}
    </div>
  );
}
