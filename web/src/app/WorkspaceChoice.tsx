/** The workspace one works in, for whoever is in several. */
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";

import type { Workspace } from "../api/answers";
import { workspacesQuery } from "../api/team";
import { useWorkspace } from "../session/workspace";
import { useWords, type Words } from "../words/words";

export function WorkspaceChoice() {
  const words = useWords();
  const [, go] = useLocation();
  const { workspace, choose } = useWorkspace();
  const workspaces = useQuery(workspacesQuery);
  const all = workspaces.data ?? [];
  if (all.length < 2) return null;
  return (
    <select
      aria-label={words.shell.workspace}
      className="button button-quiet w-32 truncate sm:w-44"
      value={workspace}
      onChange={(event) => {
        choose(event.target.value);
        go("/");
      }}
    >
      {all.map((each) => (
        <option key={each.name} value={each.personal ? "" : each.name}>
          {nameOf(each, words)}
        </option>
      ))}
    </select>
  );
}

export function nameOf(workspace: Workspace, words: Words): string {
  return workspace.personal ? words.team.personal(workspace.displayName) : workspace.displayName;
}
