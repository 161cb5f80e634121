/** In which workspace one works; each call says so. */
import { create } from "zustand";

const CHOSEN = "film.workspace";
const HEADER = "x-film-workspace";

interface Chosen {
  /** "workspaces/{uuid}"; empty for one's own. */
  workspace: string;
  choose(workspace: string): void;
}

export const useWorkspace = create<Chosen>((set) => ({
  workspace: localStorage.getItem(CHOSEN) ?? "",
  choose(workspace) {
    if (workspace) localStorage.setItem(CHOSEN, workspace);
    else localStorage.removeItem(CHOSEN);
    set({ workspace });
  },
}));

export function workspaceHeaders(): Record<string, string> {
  const { workspace } = useWorkspace.getState();
  return workspace ? { [HEADER]: workspace } : {};
}
