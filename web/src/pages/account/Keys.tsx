/** API keys: those there are, a new one, an end to one. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { createKey, keysQuery, revokeKey } from "../../api/account";
import { usePreferences } from "../../app/preferences";
import { CopyField } from "../../parts/CopyField";
import { Choice, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { when } from "../../words/forms";
import { useWords } from "../../words/words";

const DAYS = [7, 30, 90, 366] as const;

export function Keys() {
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const known = useQueryClient();
  const keys = useQuery(keysQuery);
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const refresh = (): void => void known.invalidateQueries({ queryKey: ["keys"] });
  const making = useMutation({ mutationFn: () => createKey(name.trim(), Number(days)), onSuccess: refresh });
  const revoking = useMutation({ mutationFn: revokeKey, onSuccess: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <>
      <ul className="mb-5 divide-y divide-line">
        {keys.data?.map((key) => (
          <li key={key.name} className="flex flex-wrap items-center gap-x-4 py-2">
            <span className="mr-auto">
              {key.displayName}
              <span className="block text-sm text-soft">
                <span className="font-script">{key.hint}…</span> {words.film.until(when(key.expireTime, language))}
              </span>
            </span>
            <button type="button" className="button" onClick={() => revoking.mutate(key)}>
              {words.film.revoke}
            </button>
          </li>
        ))}
      </ul>
      {making.data ? (
        <CopyField label={words.account.secretOnce} value={making.data} />
      ) : (
        <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_10rem_auto]">
          <Field label={words.account.keyName} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
          <Choice
            label={words.account.lasts}
            value={days}
            onChange={(event) => setDays(event.target.value)}
            options={DAYS.map((each) => [String(each), words.film.days(each)])}
          />
          <button type="submit" className="button min-h-11" disabled={making.isPending}>
            {words.account.newKey}
          </button>
        </form>
      )}
      {(making.error ?? revoking.error ?? keys.error) && (
        <FaultNotice error={making.error ?? revoking.error ?? keys.error} />
      )}
    </>
  );
}
