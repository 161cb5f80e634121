/** Earlier texts: which scenes differ from the newest, and a way back to each. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useStore } from "zustand";
import type { StoreApi } from "zustand/vanilla";

import { idOf } from "../../api/client";
import { changesQuery, revisionsQuery, textOfRevision } from "../../api/screenplays";
import { usePreferences } from "../../app/preferences";
import { when } from "../../words/forms";
import { useWords } from "../../words/words";
import type { Draft } from "./draft";

export function Revisions({ id, draft }: { id: string; draft: StoreApi<Draft> }) {
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const [open, setOpen] = useState("");
  const revisions = useQuery(revisionsQuery(id));
  const found = [...(revisions.data ?? [])].sort((a, b) => Number(idOf(b.name)) - Number(idOf(a.name)));
  if (found.length < 2) return null;
  return (
    <details>
      <summary className="font-semibold">
        {words.script.revisions} <span className="ml-1 font-normal text-soft">{found.length}</span>
      </summary>
      <ul className="mt-3 space-y-1">
        {found.map((revision) => (
          <li key={revision.name} className="text-sm">
            <button
              type="button"
              aria-expanded={open === revision.name}
              className="flex w-full justify-between gap-3 py-1 text-left hover:text-accent"
              onClick={() => setOpen(open === revision.name ? "" : revision.name)}
            >
              <span>{words.script.revision(idOf(revision.name))}</span>
              <span className="text-soft">{when(revision.createTime, language)}</span>
            </button>
            {open === revision.name && <Changes id={id} name={revision.name} newest={found[0]?.name ?? ""} draft={draft} />}
          </li>
        ))}
      </ul>
    </details>
  );
}

interface ChangesProps {
  id: string;
  name: string;
  newest: string;
  draft: StoreApi<Draft>;
}

function Changes({ id, name, newest, draft }: ChangesProps) {
  const words = useWords();
  const write = useStore(draft, (state) => state.write);
  const changes = useQuery(changesQuery(id, name, newest));
  const count = changes.data?.length ?? 0;
  return (
    <div className="mb-3 border-l-2 border-line pl-3">
      {changes.data && <p className="text-soft">{count ? words.script.changes(count) : words.script.same}</p>}
      <ul>
        {changes.data?.map((change, at) => (
          <li key={at} className="truncate">
            {(change.target ?? change.base)?.heading}
          </li>
        ))}
      </ul>
      <button type="button" className="button mt-2" onClick={() => void textOfRevision(name).then(write)}>
        {words.script.restore}
      </button>
    </div>
  );
}
