/** A render's state as a word with a colour. */
import type { JobState } from "../api/answers";
import { useWords } from "../words/words";

const COLOURS: Partial<Record<JobState, string>> = {
  JOB_STATE_COMPLETED: "bg-good",
  JOB_STATE_FAILED: "bg-bad",
  JOB_STATE_CANCELLED: "bg-edge",
};

export function isOver(state: JobState): boolean {
  return state in COLOURS;
}

export function JobStateMark({ state }: { state: JobState }) {
  const words = useWords();
  return (
    <span className="inline-flex items-center gap-2">
      <span className={`size-2 rounded-full ${COLOURS[state] ?? "animate-pulse bg-accent"}`} aria-hidden />
      {words.states[state]}
    </span>
  );
}
