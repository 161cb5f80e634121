/** What was read of the API, kept for the pages; nobody else's after another one signs in. */
import { QueryClient } from "@tanstack/react-query";

import { Fault } from "../api/fault";
import { useSession } from "../session/session";
import { useWorkspace } from "../session/workspace";

const RETRIES_MAX = 2;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => error instanceof Fault && error.isAway && count < RETRIES_MAX,
    },
  },
});

useSession.subscribe((now, before) => {
  if (now.user?.name !== before.user?.name) {
    if (before.user) useWorkspace.getState().choose("");
    queries.clear();
  } else if (before.standing === "expired" && now.standing === "in") void queries.invalidateQueries();
});

useWorkspace.subscribe(() => void queries.resetQueries());
