/** A piece of music for the library, from a file. */
import { useState } from "react";

import { bringLibraryFile } from "../../api/library";
import { BringForm } from "../../parts/BringForm";
import { Field } from "../../parts/Field";
import { useWords } from "../../words/words";
import type { KindProps } from "./NewEntry";

export function MusicForm({ name: known, keep }: KindProps) {
  const words = useWords();
  const [name, setName] = useState(known);
  return (
    <BringForm
      kind="music"
      ask={(file) => (
        <Field
          label={words.library.name}
          maxLength={100}
          disabled={known !== ""}
          placeholder={stemOf(file)}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      take={async (brought, file) => {
        const piece = await bringLibraryFile("MUSIC", brought);
        await keep(name.trim() || stemOf(file), { music: { file: piece } });
      }}
    />
  );
}

function stemOf({ name }: File): string {
  return name.replace(/\.[^.]*$/, "").slice(0, 100) || name;
}
