/** Links by which others see the film. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { Job } from "../../api/answers";
import { createShare, revokeShare, sharesQuery } from "../../api/shares";
import { usePreferences } from "../../app/preferences";
import { CopyField } from "../../parts/CopyField";
import { Choice, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { when, whole } from "../../words/forms";
import { useWords } from "../../words/words";

const DAYS = [1, 7, 30, 0] as const;

export function Shares({ job }: { job: Job }) {
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const known = useQueryClient();
  const [days, setDays] = useState("7");
  const [password, setPassword] = useState("");
  const shares = useQuery(sharesQuery);
  const refresh = (): void => void known.invalidateQueries({ queryKey: ["shares"] });
  const share = useMutation({ mutationFn: () => createShare(job, Number(days), password), onSuccess: refresh });
  const revoke = useMutation({ mutationFn: revokeShare, onSuccess: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    share.mutate();
  };
  return (
    <section aria-label={words.film.shares}>
      <h2 className="mb-2 font-semibold">{words.film.shares}</h2>
      <ul className="mb-4 space-y-2 text-sm">
        {shares.data
          ?.filter((each) => each.job === job.name)
          .map((each) => (
            <li key={each.name} className="flex items-center gap-3">
              <span className="mr-auto">
                {each.expireTime ? words.film.until(when(each.expireTime, language)) : words.film.forGood}
                <span className="block text-soft">{words.film.views(whole(each.viewCount))}</span>
              </span>
              <button type="button" className="button" onClick={() => revoke.mutate(each)}>
                {words.film.revoke}
              </button>
            </li>
          ))}
      </ul>
      {share.data ? (
        <CopyField label={words.film.link} value={share.data.url} />
      ) : (
        <form onSubmit={submit} className="space-y-3">
          <Choice
            label={words.film.lasts}
            value={days}
            onChange={(event) => setDays(event.target.value)}
            options={DAYS.map((each) => [String(each), words.film.days(each)])}
          />
          <Field
            label={words.film.sharePassword}
            type="password"
            autoComplete="new-password"
            maxLength={256}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <button type="submit" className="button w-full" disabled={share.isPending}>
            {words.film.share}
          </button>
        </form>
      )}
      {share.isError && <FaultNotice error={share.error} />}
    </section>
  );
}
