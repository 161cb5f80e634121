/** Makes an account. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { Field } from "../parts/Field";
import { FaultNotice } from "../parts/Notice";
import { useWords } from "../words/words";
import { useSession } from "./session";

const PASSWORD_MIN = 10;

export function RegisterForm() {
  const words = useWords();
  const register = useSession((session) => session.register);
  const [given, setGiven] = useState({ email: "", password: "", name: "", invitation: "" });
  const entry = useMutation({
    mutationFn: () => register(given.email, given.password, given.name, given.invitation),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    entry.mutate();
  };
  const bound = (key: keyof typeof given) => ({
    value: given[key],
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [key]: event.target.value }),
  });
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label={words.entry.name} autoComplete="name" maxLength={100} {...bound("name")} />
      <Field label={words.entry.email} type="email" autoComplete="username" required maxLength={254} {...bound("email")} />
      <Field
        label={words.entry.password}
        hint={words.entry.passwordHint}
        type="password"
        autoComplete="new-password"
        required
        minLength={PASSWORD_MIN}
        maxLength={256}
        {...bound("password")}
      />
      <details>
        <summary className="text-sm text-soft">{words.entry.hasInvitation}</summary>
        <Field className="mt-2" label={words.entry.invitation} autoComplete="off" maxLength={200} {...bound("invitation")} />
      </details>
      {entry.isError && <FaultNotice error={entry.error} />}
      <button type="submit" className="button button-chief w-full" disabled={entry.isPending}>
        {words.entry.register}
      </button>
    </form>
  );
}
