/** Address and password. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";

import { Field } from "../parts/Field";
import { FaultNotice } from "../parts/Notice";
import { useWords } from "../words/words";
import { useSession } from "./session";

export function SignInForm() {
  const words = useWords();
  const { user, signIn } = useSession();
  const [email, setEmail] = useState(user?.email ?? "");
  const [password, setPassword] = useState("");
  const entry = useMutation({ mutationFn: () => signIn(email, password) });
  const form = useRef<HTMLFormElement>(null);
  // Whose session is over has written the address already.
  useEffect(() => {
    if (user) form.current?.querySelector<HTMLInputElement>("[type=password]")?.focus();
  }, [user]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    entry.mutate();
  };
  return (
    <form ref={form} onSubmit={submit} className="space-y-4">
      <Field
        label={words.entry.email}
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label={words.entry.password}
        type="password"
        autoComplete="current-password"
        required
        maxLength={256}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {entry.isError && <FaultNotice error={entry.error} />}
      <button type="submit" className="button button-chief w-full" disabled={entry.isPending}>
        {words.entry.signIn}
      </button>
    </form>
  );
}
