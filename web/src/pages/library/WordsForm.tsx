/** What words can say of an entry: a character, a place, a look or a voice. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { LibraryContent, LibraryKind } from "../../api/library";
import { Area, Choice, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { useVoiceName, useVoices } from "../cast/voices";
import type { KindProps } from "./NewEntry";

export function WordsForm({ kind, keep }: KindProps) {
  const words = useWords();
  const voices = useVoices();
  const nameOf = useVoiceName();
  const [given, setGiven] = useState({ name: "", look: "", voice: "" });
  const making = useMutation({ mutationFn: () => keep(given.name.trim(), contentOf(kind, given)) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  const hasVoice = kind === "character" || kind === "voice";
  return (
    <form onSubmit={submit} className="space-y-5">
      <Field
        label={words.library.name}
        required
        maxLength={100}
        value={given.name}
        onChange={(event) => setGiven({ ...given, name: event.target.value })}
      />
      {kind !== "voice" && (
        <Area
          label={words.library.look}
          required={kind === "look"}
          maxLength={500}
          value={given.look}
          onChange={(event) => setGiven({ ...given, look: event.target.value })}
        />
      )}
      {hasVoice && (
        <Choice
          label={words.cast.voice}
          required={kind === "voice"}
          value={given.voice}
          onChange={(event) => setGiven({ ...given, voice: event.target.value })}
          options={[["", words.cast.auto("")], ...voices.map((voice) => [voice, nameOf(voice)] as const)]}
        />
      )}
      {making.isError && <FaultNotice error={making.error} />}
      <button type="submit" className="button button-chief w-full" disabled={making.isPending}>
        {words.library.add}
      </button>
    </form>
  );
}

function contentOf(kind: LibraryKind, { look, voice }: { look: string; voice: string }): LibraryContent {
  if (kind === "character") return { character: { look, voice } };
  if (kind === "place") return { place: { look } };
  return kind === "look" ? { look: { look } } : { voice: { voice } };
}
