/** Invitations into the workspace: a new one, and those that nobody has accepted yet. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { invitationsQuery, invite, type Role, ROLES, takeBack } from "../../api/team";
import { usePreferences } from "../../app/preferences";
import { CopyField } from "../../parts/CopyField";
import { Choice, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { when } from "../../words/forms";
import { useWords } from "../../words/words";

export function Invitations() {
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const known = useQueryClient();
  const invitations = useQuery(invitationsQuery);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("MEMBER_ROLE_EDITOR");
  const refresh = (): Promise<void> => known.invalidateQueries({ queryKey: ["invitations"] });
  const inviting = useMutation({ mutationFn: () => invite(email.trim(), role), onSuccess: refresh });
  const ending = useMutation({ mutationFn: takeBack, onSettled: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    inviting.mutate();
  };
  const error = inviting.error ?? ending.error ?? invitations.error;
  return (
    <>
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-2">
        <Field label={words.team.email} type="email" value={email} onChange={(event) => setEmail(event.target.value)} />
        <Choice
          label={words.team.as}
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
          options={ROLES.map((each) => [each, words.team.roles[each]])}
        />
        <button type="submit" className="button min-h-11 justify-self-start" disabled={inviting.isPending}>
          {words.team.makeInvitation}
        </button>
      </form>
      {inviting.data && <CopyField label={words.team.invitationOnce} value={inviting.data} />}
      {error !== null && <FaultNotice error={error} />}
      {invitations.data !== undefined && invitations.data.length > 0 && (
        <section aria-label={words.team.open}>
          <h3 className="mb-2 font-semibold">{words.team.open}</h3>
          <ul className="divide-y divide-line border-y border-line">
            {invitations.data.map((each) => (
              <li key={each.name} className="flex flex-wrap items-center gap-3 py-2">
                <span className="mr-auto min-w-0 break-words">
                  {each.email || words.team.anybody}
                  <span className="block text-sm text-soft">
                    {words.team.roles[each.role]}. {words.film.until(when(each.expireTime, language))}
                  </span>
                </span>
                <button type="button" className="button" onClick={() => ending.mutate(each)}>
                  {words.team.takeBack}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
