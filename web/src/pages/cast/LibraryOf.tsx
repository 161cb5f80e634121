/** Makes a character or a place be as an entry of the library says, or keeps them there as they are. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { giveLibraryVersion, keepInLibrary, kindOf, type LibraryContent, type LibraryKind, libraryQuery } from "../../api/library";
import { refreshEdited } from "../../api/shots";
import { Choice } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

interface Props {
  project: string;
  subject: string;
  kinds: readonly LibraryKind[];
  title: string;
  content: LibraryContent;
}

export function LibraryOf({ project, subject, kinds, title, content }: Props) {
  const words = useWords();
  const known = useQueryClient();
  const library = useQuery(libraryQuery);
  const entries = library.data?.filter((entry) => kinds.some((kind) => kind === kindOf(entry))) ?? [];
  const taking = useMutation({
    mutationFn: (version: string) => giveLibraryVersion(project, subject, version),
    onSuccess: () => refreshEdited(known, project),
  });
  const keeping = useMutation({
    mutationFn: () => keepInLibrary(title, content, library.data ?? []),
    onSuccess: () => known.invalidateQueries({ queryKey: ["library"] }),
  });
  const error = taking.error ?? keeping.error ?? library.error;
  return (
    <>
      <Choice
        label={words.cast.fromLibrary}
        value=""
        disabled={entries.length === 0 || taking.isPending}
        onChange={(event) => taking.mutate(event.target.value)}
        options={[["", words.cast.nothingChosen], ...entries.map((entry) => [entry.latestVersion, entry.displayName] as const)]}
      />
      <button type="button" className="button min-h-11 self-end" disabled={!library.isSuccess || keeping.isPending} onClick={() => keeping.mutate()}>
        {keeping.isSuccess ? words.cast.kept : words.cast.toLibrary}
      </button>
      {error !== null && (
        <div className="sm:col-span-2">
          <FaultNotice error={error} />
        </div>
      )}
    </>
  );
}
