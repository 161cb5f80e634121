/** Another password; all other sessions end by it. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { changePassword } from "../../api/account";
import { Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

export function PasswordForm() {
  const words = useWords();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      setCurrent("");
      setNext("");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_auto]">
      <Field
        label={words.account.currentPassword}
        type="password"
        autoComplete="current-password"
        required
        maxLength={256}
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
      />
      <Field
        label={words.account.newPassword}
        type="password"
        autoComplete="new-password"
        required
        minLength={10}
        maxLength={256}
        value={next}
        onChange={(event) => setNext(event.target.value)}
      />
      <button type="submit" className="button min-h-11" disabled={change.isPending}>
        {words.common.save}
      </button>
      {change.isSuccess && <p role="status">{words.account.passwordChanged}</p>}
      {change.isError && <FaultNotice error={change.error} />}
    </form>
  );
}
