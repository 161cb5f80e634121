/** A card's fields while somebody changes them, and how what was changed is saved. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { refreshEdited } from "../../api/shots";
import { editOf } from "./edits";

export function useEdits<Field extends string>(
  project: string,
  before: Record<Field, string>,
  numbers: readonly NoInfer<Field>[],
  save: (edit: Partial<Record<Field, string>>) => Promise<void>,
) {
  const known = useQueryClient();
  const [given, setGiven] = useState<Partial<Record<Field, string>>>({});
  const edit = editOf(before, given, numbers);
  const saving = useMutation({
    mutationFn: () => save(edit),
    onSuccess: async () => {
      await refreshEdited(known, project);
      setGiven({});
    },
  });
  const now = (key: Field): string => given[key] ?? before[key];
  return {
    isChanged: Object.keys(edit).length > 0,
    saving,
    now,
    /** What an input of a field is given. */
    bound: (key: Field) => ({
      value: now(key),
      onChange: (event: { target: { value: string } }) => setGiven({ ...given, [key]: event.target.value }),
    }),
    submit: (event: FormEvent): void => {
      event.preventDefault();
      saving.mutate();
    },
  };
}
