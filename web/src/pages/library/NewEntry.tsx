/** Adds to the library what words can say: a character, a place, a look or a voice. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { LibraryEntry } from "../../api/answers";
import { keepInLibrary, type LibraryContent } from "../../api/library";
import { Area, Choice, Field } from "../../parts/Field";
import { Modal } from "../../parts/Modal";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { useVoiceName, useVoices } from "../cast/voices";

const KINDS = ["character", "place", "look", "voice"] as const;

export function NewEntry({ entries, close }: { entries: readonly LibraryEntry[]; close: () => void }) {
  const words = useWords();
  const known = useQueryClient();
  const voices = useVoices();
  const nameOf = useVoiceName();
  const [given, setGiven] = useState({ kind: "character" as (typeof KINDS)[number], name: "", look: "", voice: "" });
  const making = useMutation({
    mutationFn: () => keepInLibrary(given.name.trim(), contentOf(given), entries),
    onSuccess: async () => {
      await known.invalidateQueries({ queryKey: ["library"] });
      close();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  const hasVoice = given.kind === "character" || given.kind === "voice";
  return (
    <Modal title={words.library.addTitle} close={close}>
      <form onSubmit={submit} className="space-y-5">
        <Choice
          label={words.library.kind}
          value={given.kind}
          onChange={(event) => setGiven({ ...given, kind: event.target.value as (typeof KINDS)[number] })}
          options={KINDS.map((kind) => [kind, words.library.kinds[kind]])}
        />
        <Field
          label={words.library.name}
          required
          maxLength={100}
          value={given.name}
          onChange={(event) => setGiven({ ...given, name: event.target.value })}
        />
        {given.kind !== "voice" && (
          <Area
            label={words.library.look}
            required={given.kind === "look"}
            maxLength={500}
            value={given.look}
            onChange={(event) => setGiven({ ...given, look: event.target.value })}
          />
        )}
        {hasVoice && (
          <Choice
            label={words.cast.voice}
            required={given.kind === "voice"}
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
    </Modal>
  );
}

interface Given {
  kind: (typeof KINDS)[number];
  look: string;
  voice: string;
}

function contentOf({ kind, look, voice }: Given): LibraryContent {
  if (kind === "character") return { character: { look, voice } };
  if (kind === "place") return { place: { look } };
  return kind === "look" ? { look: { look } } : { voice: { voice } };
}
