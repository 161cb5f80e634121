/** Where a shot stands in the film, what of it is left out, and how it goes over into the next. */
import { type FormEvent, useState } from "react";

import type { Schemas, TimelineShot } from "../../api/answers";
import { moveShot, saveCut } from "../../api/shots";
import { Choice, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { useShotChange } from "./ShotSheet";

type Kind = Schemas["TransitionKind"];
/** These have no length. */
const INSTANT: readonly Kind[] = ["TRANSITION_KIND_UNSPECIFIED", "TRANSITION_KIND_CUT"];
const JOINT_SECONDS = "1";

interface Props {
  project: string;
  shot: TimelineShot;
  before: string | undefined;
  after: string | undefined;
}

export function ShotCut({ project, shot, before, after }: Props) {
  const words = useWords();
  const change = useShotChange(project);
  const { mutate, isPending } = change;
  return (
    <details>
      <summary className="font-semibold">{words.cut.title}</summary>
      <div className="mt-3 flex flex-wrap gap-2">
        <button
          type="button"
          className="button"
          disabled={!before || isPending}
          onClick={() => before && mutate(() => moveShot(project, shot, { before }))}
        >
          {words.cut.earlier}
        </button>
        <button
          type="button"
          className="button"
          disabled={!after || isPending}
          onClick={() => after && mutate(() => moveShot(project, shot, { after }))}
        >
          {words.cut.later}
        </button>
        {shot.edit?.placement && (
          <button type="button" className="button" disabled={isPending} onClick={() => mutate(() => moveShot(project, shot, {}))}>
            {words.cut.asWritten}
          </button>
        )}
      </div>
      <CutForm key={shot.etag} shot={shot} isBusy={isPending} save={(edit) => mutate(() => saveCut(project, shot, edit))} />
      {change.isError && <FaultNotice error={change.error} />}
    </details>
  );
}

interface FormProps {
  shot: TimelineShot;
  isBusy: boolean;
  save: (edit: Schemas["ShotEdit"]) => void;
}

function CutForm({ shot, isBusy, save }: FormProps) {
  const words = useWords();
  const [given, setGiven] = useState(() => formOf(shot));
  const bound = (key: keyof Form) => ({
    value: given[key],
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [key]: event.target.value }),
  });
  const seconds = { type: "number", min: 0, step: 0.1 } as const;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save(editOf(given));
  };
  const kinds = Object.entries(words.cut.transitions) as [Kind, string][];
  return (
    <form onSubmit={submit} className="mt-4 grid items-end gap-4 sm:grid-cols-3">
      <Field label={words.cut.head} max={600} {...seconds} {...bound("head")} />
      <Field label={words.cut.tail} max={600} {...seconds} {...bound("tail")} />
      <Field label={words.cut.hold} max={60} {...seconds} {...bound("hold")} />
      <Choice className="sm:col-span-2" label={words.cut.transition} options={kinds} {...bound("kind")} />
      <Field
        label={words.cut.transitionSeconds}
        max={5}
        disabled={INSTANT.some((kind) => kind === given.kind)}
        {...seconds}
        {...bound("joint")}
      />
      <button type="submit" className="button justify-self-start" disabled={isBusy}>
        {words.common.save}
      </button>
    </form>
  );
}

interface Form {
  head: string;
  tail: string;
  hold: string;
  kind: string;
  joint: string;
}

function formOf({ edit }: TimelineShot): Form {
  const text = (ms: number | undefined): string => (ms ? String(ms / 1000) : "");
  return {
    head: text(edit?.headTrimMs),
    tail: text(edit?.tailTrimMs),
    hold: text(edit?.holdMs),
    kind: edit?.transition?.kind ?? "TRANSITION_KIND_UNSPECIFIED",
    joint: text(edit?.transition?.lengthMs) || JOINT_SECONDS,
  };
}

export function editOf(given: Form): Schemas["ShotEdit"] {
  const ms = (text: string): number => Math.round(Number(text || 0) * 1000);
  const kind = given.kind as Kind;
  const lengthMs = INSTANT.includes(kind) ? 0 : ms(given.joint);
  return {
    headTrimMs: ms(given.head),
    tailTrimMs: ms(given.tail),
    holdMs: ms(given.hold),
    ...(kind !== "TRANSITION_KIND_UNSPECIFIED" && { transition: { kind, lengthMs } }),
  };
}
