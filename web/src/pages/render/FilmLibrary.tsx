/** What a film has of the library: how its captions and cards look, and the music of its moods. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";

import type { LibraryEntry, LibraryUse } from "../../api/answers";
import { dropLibraryUse, giveLibraryVersion, kindOf, type LibraryKind, libraryQuery, libraryUsesQuery } from "../../api/library";
import { refreshEdited } from "../../api/shots";
import { Choice } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords, type Words } from "../../words/words";

interface Place {
  label: string;
  kind: LibraryKind;
  subject: string;
}

export function FilmLibrary({ project, leave }: { project: string; leave: () => void }) {
  const words = useWords();
  const known = useQueryClient();
  const library = useQuery(libraryQuery);
  const uses = useQuery(libraryUsesQuery(project));
  const change = useMutation({
    mutationFn: (work: () => Promise<void>) => work(),
    onSettled: () => refreshEdited(known, project),
  });
  const entries = library.data ?? [];
  const places = placesOf(project, words).filter(({ kind }) => entries.some((entry) => kindOf(entry) === kind));
  return (
    <fieldset>
      <legend className="text-sm text-soft">{words.library.ofFilm}</legend>
      <p className="mb-3 text-sm text-soft">
        {words.library.ofFilmHint}{" "}
        <Link href="/library" onClick={leave} className="link">
          {words.library.title}
        </Link>
      </p>
      <div className="grid gap-4 sm:grid-cols-2">
        {places.map((place) => (
          <PlaceChoice
            key={place.kind + place.subject}
            place={place}
            entries={entries.filter((entry) => kindOf(entry) === place.kind)}
            use={uses.data?.find((each) => each.subject === place.subject && each.kind === place.kind)}
            isBusy={change.isPending || uses.isPending}
            choose={(version) =>
              change.mutate(() =>
                version
                  ? giveLibraryVersion(project, place.subject, version)
                  : dropLibraryUse(project, place.subject, place.kind),
              )
            }
          />
        ))}
      </div>
      {change.isError && <FaultNotice error={change.error} />}
    </fieldset>
  );
}

function placesOf(project: string, words: Words): Place[] {
  const film = `projects/${project}`;
  const moods = Object.entries(words.library.moods);
  return [
    { label: words.library.captions, kind: "caption_style", subject: film },
    { label: words.library.brand, kind: "brand_kit", subject: film },
    { label: words.library.film, kind: "music", subject: film },
    ...moods.map(([mood, label]) => ({ label, kind: "music" as const, subject: `${film}/moods/${mood}` })),
  ];
}

interface ChoiceProps {
  place: Place;
  entries: readonly LibraryEntry[];
  use: LibraryUse | undefined;
  isBusy: boolean;
  choose: (version: string) => void;
}

function PlaceChoice({ place, entries, use, isBusy, choose }: ChoiceProps) {
  const words = useWords();
  const isOld = use !== undefined && !entries.some((entry) => entry.latestVersion === use.version);
  return (
    <Choice
      label={place.label}
      value={use?.version ?? ""}
      disabled={isBusy}
      onChange={(event) => choose(event.target.value)}
      options={[
        ["", words.library.nothing],
        ...(isOld ? [[use.version, use.entryName] as const] : []),
        ...entries.map((entry) => [entry.latestVersion, entry.displayName] as const),
      ]}
    />
  );
}
