/** What the title card and the end card say. */
import { type FormEvent, useState } from "react";

import type { Timeline } from "../../api/answers";
import { saveTitles, type TitleTexts } from "../../api/shots";
import { Field } from "../../parts/Field";
import { Modal } from "../../parts/Modal";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { useShotChange } from "./ShotSheet";

const FIELDS = ["title", "credit", "author", "endTitle"] as const;

export function TitlesDialog({ id, titles, close }: { id: string; titles: Timeline["titles"]; close: () => void }) {
  const words = useWords();
  const change = useShotChange(id);
  const [given, setGiven] = useState(
    () => Object.fromEntries(FIELDS.map((field) => [field, titles?.[field] ?? ""])) as TitleTexts,
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate(() => saveTitles(id, titles, given), { onSuccess: close });
  };
  return (
    <Modal title={words.cut.titles} close={close}>
      <form onSubmit={submit} className="space-y-4">
        <p className="text-soft">{words.cut.titlesHint}</p>
        {FIELDS.map((field) => (
          <Field
            key={field}
            label={words.cut.cards[field]}
            maxLength={200}
            value={given[field]}
            onChange={(event) => setGiven({ ...given, [field]: event.target.value })}
          />
        ))}
        {change.isError && <FaultNotice error={change.error} />}
        <button type="submit" className="button button-chief w-full" disabled={change.isPending}>
          {words.common.save}
        </button>
      </form>
    </Modal>
  );
}
