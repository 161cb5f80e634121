/** The screenplay: written in the middle, its scenes beside it, and what the parser finds. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";

import type { Project } from "../../api/answers";
import { parsedQuery, readScript, saveScript, type ScriptText } from "../../api/screenplays";
import { useSettled } from "../../parts/settled";
import { PageFault, Waiting } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { draftOf } from "./draft";
import { DraftMark } from "./DraftMark";
import { Findings } from "./Findings";
import { Outline } from "./Outline";
import { Removal } from "./Removal";
import { Revisions } from "./Revisions";
import type { Place } from "./ScreenplayEditor";
import { Ways } from "./Ways";

const ScreenplayEditor = lazy(() => import("./ScreenplayEditor"));
const PARSE_AFTER_MS = 400;

export function ScriptPage({ id, project }: { id: string; project: Project }) {
  const loaded = useQuery({ queryKey: ["script", id], queryFn: () => readScript(id), staleTime: 0, gcTime: 0 });
  if (loaded.isPending) return <Waiting />;
  if (loaded.isError)
    return <PageFault error={loaded.error} retry={() => void loaded.refetch()} />;
  return <Desk id={id} project={project} loaded={loaded.data} />;
}

function Desk({ id, project, loaded }: { id: string; project: Project; loaded: ScriptText }) {
  const words = useWords();
  const draft = useDraft(id, loaded);
  const [place, setPlace] = useState<Place | null>(placeOfAddress);
  const [line, setLine] = useState(1);
  const text = useStore(draft, (state) => state.text);
  const settled = useSettled(text, PARSE_AFTER_MS);
  const parsed = useQuery(parsedQuery(settled));
  const told = settled.trim() === "" ? undefined : parsed.data;
  const diagnostics = useMemo(() => told?.diagnostics ?? [], [told]);
  const go = (at: number): void => setPlace({ line: at });
  return (
    <div className="mx-auto grid w-full max-w-[100rem] flex-1 lg:grid-cols-[17rem_minmax(0,1fr)_19rem]">
      <div className="order-2 overflow-auto p-4 sm:p-6 lg:order-1 lg:max-h-[calc(100dvh-7rem)]">
        <Outline parsed={told} line={line} go={go} />
        <Ways id={id} line={line} />
      </div>
      <section className="order-1 flex h-[70dvh] flex-col border-line lg:order-2 lg:h-[calc(100dvh-7rem)] lg:border-x">
        <DraftMark draft={draft} parsed={told} />
        <div className="min-h-0 flex-1">
          <Suspense fallback={<Waiting />}>
            <ScreenplayEditor
              text={text}
              label={words.script.label}
              diagnostics={diagnostics}
              place={place}
              change={(changed) => draft.getState().write(changed)}
              moved={setLine}
            />
          </Suspense>
        </div>
      </section>
      <div className="order-3 space-y-8 overflow-auto p-4 sm:p-6 lg:max-h-[calc(100dvh-7rem)]">
        <Findings diagnostics={diagnostics} isRead={told !== undefined} go={go} />
        <Revisions id={id} draft={draft} />
        <Removal project={project} />
      </div>
    </div>
  );
}

/** The draft, saved when the page is left, too. */
function useDraft(id: string, loaded: ScriptText) {
  const known = useQueryClient();
  const [draft] = useState(() =>
    draftOf(loaded, {
      read: () => readScript(id),
      save: async (text, etag) => {
        const revision = await saveScript(id, text, etag);
        for (const key of ["project", "revisions", "shots", "timeline", "plan"]) {
          void known.invalidateQueries({ queryKey: [key, id] });
        }
        return revision;
      },
    }),
  );
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent): void => {
      if (draft.getState().state === "saved") return;
      void draft.getState().save();
      event.preventDefault();
    };
    addEventListener("beforeunload", guard);
    return () => {
      removeEventListener("beforeunload", guard);
      void draft.getState().save();
    };
  }, [draft]);
  return draft;
}

function placeOfAddress(): Place | null {
  const line = Number(new URLSearchParams(location.search).get("line"));
  return line > 0 ? { line } : null;
}
