/** Adds an entry to the library, or a version to one that is there. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { LibraryEntry } from "../../api/answers";
import { keepInLibrary, kindOf, type LibraryContent, type LibraryKind } from "../../api/library";
import { Choice } from "../../parts/Field";
import { Modal } from "../../parts/Modal";
import { useWords } from "../../words/words";
import { CaptionForm } from "./CaptionForm";
import { KitForm } from "./KitForm";
import { MusicForm } from "./MusicForm";
import { WordsForm } from "./WordsForm";

const KINDS = ["character", "place", "look", "voice", "music", "brand_kit", "caption_style"] as const;

interface Props {
  entries: readonly LibraryEntry[];
  /** The entry that gets a version; a new one without. */
  entry?: LibraryEntry | undefined;
  close: () => void;
}

/** What the form of a kind is given. */
export interface KindProps {
  kind: LibraryKind;
  /** Of the entry that gets a version; empty for a new one. */
  name: string;
  entry: LibraryEntry | undefined;
  keep: (name: string, content: LibraryContent) => Promise<void>;
}

const FORMS = { music: MusicForm, brand_kit: KitForm, caption_style: CaptionForm } as const;

export function NewEntry({ entries, entry, close }: Props) {
  const words = useWords();
  const known = useQueryClient();
  const [kind, setKind] = useState<LibraryKind>((entry && kindOf(entry)) ?? "character");
  const keep = async (name: string, content: LibraryContent): Promise<void> => {
    await keepInLibrary(name, content, entries);
    await known.invalidateQueries({ queryKey: ["library"] });
    close();
  };
  const Form = kind in FORMS ? FORMS[kind as keyof typeof FORMS] : WordsForm;
  return (
    <Modal title={entry ? words.shelf.changeOf(entry.displayName) : words.library.addTitle} close={close} isWide={kind in FORMS}>
      <div className="space-y-5">
        {!entry && (
          <Choice
            label={words.library.kind}
            value={kind}
            onChange={(event) => setKind(event.target.value as LibraryKind)}
            options={KINDS.map((each) => [each, words.library.kinds[each]])}
          />
        )}
        <Form key={kind} kind={kind} name={entry?.displayName ?? ""} entry={entry} keep={keep} />
      </div>
    </Modal>
  );
}
