/** Whether a shot is approved, and by whom one waits. */
import { type FormEvent, useState } from "react";

import { decide } from "../../api/shots";
import { FaultNotice } from "../../parts/Notice";
import { Field } from "../../parts/Field";
import { useWords } from "../../words/words";
import type { BoardShot } from "./board";
import { useShotChange } from "./ShotSheet";

export function Approval({ project, shot }: { project: string; shot: BoardShot }) {
  const words = useWords();
  const [note, setNote] = useState("");
  const change = useShotChange(project);
  const decided = shot.approval?.decision;
  const give = (isApproved: boolean): void =>
    change.mutate(() => decide(project, shot.id, isApproved, note.trim()).then(() => setNote("")));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    give(true);
  };
  return (
    <section aria-label={words.board.approval}>
      <h3 className="mb-2 font-semibold">{words.board.approval}</h3>
      {decided && (
        <p className="mb-2">
          {decided === "DECISION_APPROVED" ? words.board.approved : words.board.changesWanted}
          {shot.approval?.outdated && `, ${words.board.outdated}`}
          {shot.approval?.note && `: ${shot.approval.note}`}
        </p>
      )}
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
        <Field
          className="min-w-48 flex-1"
          label={words.board.note}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <button type="submit" className="button" disabled={change.isPending}>
          {words.board.approve}
        </button>
        <button
          type="button"
          className="button"
          disabled={change.isPending || note.trim() === ""}
          onClick={() => give(false)}
        >
          {words.board.askChanges}
        </button>
      </form>
      {change.isError && <FaultNotice error={change.error} />}
    </section>
  );
}
