/** Takes back the newest edit of a project, or does it again, whatever it was of. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { historyQuery, refreshEdited, stepHistory } from "../../api/shots";
import { useWords } from "../../words/words";

export function History({ id }: { id: string }) {
  const words = useWords();
  const known = useQueryClient();
  const history = useQuery(historyQuery(id));
  const newest = history.data?.edits[0]?.name ?? "";
  const step = useMutation({
    mutationFn: (which: "undo" | "redo") => stepHistory(id, which, newest),
    onSettled: () => refreshEdited(known, id),
  });
  return (
    <div className="flex items-center gap-2">
      {step.isError && <span className="text-sm text-bad">{step.error.message}</span>}
      <button
        type="button"
        className="button"
        disabled={!history.data?.undoTarget || step.isPending}
        title={history.data?.edits[0]?.summary}
        onClick={() => step.mutate("undo")}
      >
        {words.board.undo}
      </button>
      <button
        type="button"
        className="button"
        disabled={!history.data?.redoTarget || step.isPending}
        onClick={() => step.mutate("redo")}
      >
        {words.board.redo}
      </button>
    </div>
  );
}
