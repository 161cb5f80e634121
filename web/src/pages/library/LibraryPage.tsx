/** The library: what the films of a workspace share. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { LibraryEntry } from "../../api/answers";
import { idOf } from "../../api/client";
import { kindOf, libraryQuery, removeFromLibrary } from "../../api/library";
import { useTitle } from "../../app/title";
import { EmptyNotice, FaultNotice, Waiting } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { useVoiceName } from "../cast/voices";
import { givenOfStyle } from "./caption";
import { CaptionSample } from "./CaptionForm";
import { EntryFiles } from "./EntryFiles";
import { NewEntry } from "./NewEntry";

export default function LibraryPage() {
  const words = useWords();
  useTitle(words.library.title);
  const library = useQuery(libraryQuery);
  const [open, setOpen] = useState<LibraryEntry | "new" | null>(null);
  return (
    <div className="mx-auto w-full max-w-[100rem] px-4 py-8 sm:px-6 sm:py-12">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-3xl font-semibold">{words.library.title}</h1>
        <button type="button" className="button button-chief" onClick={() => setOpen("new")}>
          {words.library.add}
        </button>
      </div>
      <p className="mt-1 mb-8 max-w-2xl text-soft">{words.library.hint}</p>
      {library.isPending && <Waiting />}
      {library.isError && <FaultNotice error={library.error} retry={() => void library.refetch()} />}
      {library.isSuccess && library.data.length === 0 && (
        <EmptyNotice title={words.library.empty}>
          <p>{words.library.emptyHint}</p>
        </EmptyNotice>
      )}
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
        {library.data?.map((entry) => (
          <Entry key={entry.name} entry={entry} change={() => setOpen(entry)} />
        ))}
      </ul>
      {open && (
        <NewEntry entries={library.data ?? []} entry={open === "new" ? undefined : open} close={() => setOpen(null)} />
      )}
    </div>
  );
}

function Entry({ entry, change }: { entry: LibraryEntry; change: () => void }) {
  const words = useWords();
  const known = useQueryClient();
  const nameOf = useVoiceName();
  const removing = useMutation({
    mutationFn: () => removeFromLibrary(entry),
    onSettled: () => known.invalidateQueries({ queryKey: ["library"] }),
  });
  const kind = kindOf(entry);
  const { character, place, look, voice, captionStyle } = entry.content ?? {};
  const isChanged = kind === "music" || kind === "brand_kit" || kind === "caption_style";
  const spoken = character?.voice || voice?.voice;
  return (
    <li className="flex min-w-0 flex-col rounded-lg bg-raised p-4 ring-1 ring-line">
      <h2 className="font-semibold break-words">{entry.displayName}</h2>
      <p className="text-sm text-soft">
        {kind && words.library.kinds[kind]}, {words.library.version(idOf(entry.latestVersion))}
      </p>
      <p className="mt-2 break-words">{character?.look || place?.look || look?.look}</p>
      {spoken && <p className="mt-1 text-sm text-soft">{nameOf(spoken)}</p>}
      <EntryFiles entry={entry} />
      {captionStyle && (
        <div className="mt-3">
          <CaptionSample given={givenOfStyle(captionStyle)} />
        </div>
      )}
      <div className="mt-auto flex flex-wrap gap-2 pt-3">
        {isChanged && (
          <button type="button" className="button" aria-label={words.shelf.changeOf(entry.displayName)} onClick={change}>
            {words.shelf.change}
          </button>
        )}
        <button
          type="button"
          className="button"
          aria-label={words.library.remove(entry.displayName)}
          disabled={removing.isPending}
          onClick={() => confirm(words.library.removeSure(entry.displayName)) && removing.mutate()}
        >
          {words.common.remove}
        </button>
      </div>
      {removing.isError && <FaultNotice error={removing.error} />}
    </li>
  );
}
