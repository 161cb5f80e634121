/** A place: how it looks. */
import type { Location } from "../../api/answers";
import { saveLocation } from "../../api/casting";
import { Area, Field } from "../../parts/Field";
import { useWords } from "../../words/words";
import { isEdited, textsOf } from "./edits";
import { LibraryOf } from "./LibraryOf";
import { Portrait } from "./Portrait";
import { SaveRow } from "./SaveRow";
import { useEdits } from "./useEdits";

const FIELDS = ["look", "seed"] as const;

export function PlaceCard({ project, place, shot }: { project: string; place: Location; shot: string | undefined }) {
  const words = useWords();
  const before = textsOf(place, FIELDS, ["seed"]);
  const { isChanged, saving, bound, submit } = useEdits(project, before, ["seed"], (edit) => saveLocation(project, place, edit));
  return (
    <li className="min-w-0 rounded-lg bg-raised ring-1 ring-line">
      <Portrait project={project} shot={shot} alt={place.place} />
      <form onSubmit={submit} aria-label={place.place} className="space-y-4 p-4">
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
        <SaveRow isChanged={isChanged} saving={saving} />
      </form>
    </li>
  );
}
