/** A place: how it looks. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Location } from "../../api/answers";
import { type LocationEdit, saveLocation } from "../../api/casting";
import { refreshEdited } from "../../api/shots";
import { Area, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { editOf, isEdited, textsOf } from "./edits";
import { LibraryOf } from "./LibraryOf";
import { Portrait } from "./Portrait";

const FIELDS = ["look", "seed"] as const;

export function PlaceCard({ project, place, shot }: { project: string; place: Location; shot: string | undefined }) {
  const words = useWords();
  const known = useQueryClient();
  const before = textsOf(place, FIELDS, ["seed"]);
  const [given, setGiven] = useState<Partial<typeof before>>({});
  const edit: LocationEdit = editOf(before, given, ["seed"]);
  const isChanged = Object.keys(edit).length > 0;
  const saving = useMutation({
    mutationFn: () => saveLocation(project, place, edit),
    onSuccess: async () => {
      await refreshEdited(known, project);
      setGiven({});
    },
  });
  const bound = (key: (typeof FIELDS)[number]) => ({
    value: given[key] ?? before[key],
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [key]: event.target.value }),
  });
  return (
    <li className="min-w-0 rounded-lg bg-raised ring-1 ring-line">
      <Portrait project={project} shot={shot} alt={place.place} />
      <form
        aria-label={place.place}
        className="space-y-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <h3 className="text-lg font-semibold">{place.place}</h3>
        {!place.inScreenplay && <p className="text-sm text-warn">{words.cast.gone}</p>}
        <Area label={words.cast.look} maxLength={500} placeholder={words.cast.placeHint} {...bound("look")} />
        <details>
          <summary className="text-sm text-soft">{words.cast.more}</summary>
          <div className="mt-3 grid gap-4 sm:grid-cols-2">
            <Field label={words.cast.seed} inputMode="numeric" pattern="[0-9]*" maxLength={19} placeholder={words.board.auto} {...bound("seed")} />
            <LibraryOf
              project={project}
              subject={place.name}
              kinds={["place", "look"]}
              title={place.place}
              content={{ place: { look: place.look, seed: isEdited(place, "seed") ? String(place.seed) : "0" } }}
            />
          </div>
        </details>
        {saving.isError && <FaultNotice error={saving.error} />}
        <div className="flex flex-wrap items-center gap-2">
          <button type="submit" className="button" disabled={!isChanged || saving.isPending}>
            {words.cast.save}
          </button>
          {saving.isSuccess && !isChanged && (
            <span role="status" className="text-sm text-soft">
              {words.cast.saved}
            </span>
          )}
        </div>
      </form>
    </li>
  );
}
