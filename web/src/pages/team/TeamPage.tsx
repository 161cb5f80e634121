/** The team: in which workspace one works, who else does, and who may come. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";

import { nameOf } from "../../app/WorkspaceChoice";
import { acceptInvitation, createWorkspace, workspacesQuery } from "../../api/team";
import { useTitle } from "../../app/title";
import { Choice, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWorkspace } from "../../session/workspace";
import { useWords } from "../../words/words";
import { Invitations } from "./Invitations";
import { Members } from "./Members";

export default function TeamPage() {
  const words = useWords();
  useTitle(words.team.title);
  const { workspace, choose } = useWorkspace();
  const workspaces = useQuery(workspacesQuery);
  const here = workspaces.data?.find((each) => (workspace ? each.name === workspace : each.personal));
  const isOwner = here?.role === "MEMBER_ROLE_OWNER";
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-8 sm:px-6 sm:py-12">
      <h1 className="text-3xl font-semibold">{words.team.title}</h1>
      <Part title={words.team.workspace} hint={words.team.workspaceHint}>
        {workspaces.isError && <FaultNotice error={workspaces.error} retry={() => void workspaces.refetch()} />}
        <Choice
          label={words.team.workspace}
          value={workspace}
          onChange={(event) => choose(event.target.value)}
          options={(workspaces.data ?? []).map((each) => [each.personal ? "" : each.name, nameOf(each, words)])}
        />
        <NewWorkspace />
      </Part>
      <Part title={words.team.members}>
        <Members key={workspace} isOwner={isOwner} />
      </Part>
      {isOwner && (
        <Part title={words.team.invite} hint={words.team.inviteHint}>
          <Invitations key={workspace} />
        </Part>
      )}
      <Part title={words.team.accept}>
        <Accept />
      </Part>
    </div>
  );
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className="mt-12" aria-label={title}>
      <h2 className="text-xl font-semibold">{title}</h2>
      {hint && <p className="mt-1 text-soft">{hint}</p>}
      <div className="mt-4 space-y-5">{children}</div>
    </section>
  );
}

function NewWorkspace() {
  const words = useWords();
  const known = useQueryClient();
  const { choose } = useWorkspace();
  const [name, setName] = useState("");
  const making = useMutation({
    mutationFn: () => createWorkspace(name.trim()),
    onSuccess: async (made) => {
      setName("");
      await known.invalidateQueries({ queryKey: ["workspaces"] });
      choose(made.name);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_auto]">
      <Field label={words.team.newWorkspace} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      <button type="submit" className="button min-h-11" disabled={making.isPending}>
        {words.team.make}
      </button>
      {making.isError && <FaultNotice error={making.error} />}
    </form>
  );
}

function Accept() {
  const words = useWords();
  const known = useQueryClient();
  const [token, setToken] = useState("");
  const joining = useMutation({
    mutationFn: () => acceptInvitation(token.trim()),
    onSuccess: () => {
      setToken("");
      return known.invalidateQueries({ queryKey: ["workspaces"] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    joining.mutate();
  };
  return (
    <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_auto]">
      <Field label={words.team.token} required placeholder="join_…" value={token} onChange={(event) => setToken(event.target.value)} />
      <button type="submit" className="button min-h-11" disabled={joining.isPending}>
        {words.team.join}
      </button>
      {joining.isError && <FaultNotice error={joining.error} />}
    </form>
  );
}
