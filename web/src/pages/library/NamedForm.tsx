/** A form whose outcome is kept in the library under a name; an entry that is there keeps its own. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";

import { Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

interface Props {
  /** Empty for a new entry. */
  known: string;
  keep: (name: string) => Promise<void>;
  children: ReactNode;
}

export function NamedForm({ known, keep, children }: Props) {
  const words = useWords();
  const [name, setName] = useState(known);
  const making = useMutation({ mutationFn: () => keep(name.trim()) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <form onSubmit={submit} className="space-y-5">
      {children}
      <Field
        label={words.library.name}
        required
        maxLength={100}
        disabled={known !== ""}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {making.isError && <FaultNotice error={making.error} />}
      <button type="submit" className="button button-chief w-full" disabled={making.isPending}>
        {words.shelf.save}
      </button>
    </form>
  );
}
