/** One shot in full: its takes, what can be set, what is said of it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "wouter";

import { chooseTake, refreshEdited, retake, setLock, takesQuery } from "../../api/shots";
import { idOf } from "../../api/client";
import { Modal } from "../../parts/Modal";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { Approval } from "./Approval";
import type { BoardShot } from "./board";
import { Comments } from "./Comments";
import { ShotLevels } from "./Levels";
import { OwnFiles, placesOfShot } from "./OwnFiles";
import { ShotCut } from "./ShotCut";
import { ShotSettings } from "./ShotSettings";
import { StepKey } from "./StepKey";
import { TakeView } from "./TakeView";

interface Props {
  project: string;
  shot: BoardShot;
  before: string | undefined;
  after: string | undefined;
  open: (shot: string) => void;
}

export function ShotSheet({ project, shot, before, after, open }: Props) {
  const words = useWords();
  const takes = useQuery(takesQuery(project, shot.id));
  const change = useShotChange(project);
  const { shot: told } = shot;
  useArrows(before, after, open);
  const hasClip = takes.data?.some(
    (take) => take.chosen && take.artifacts.some((each) => each.kind === "TASK_KIND_CLIP" && each.current),
  );
  const clips = takes.data?.filter((take) => take.artifacts.some((each) => each.kind === "TASK_KIND_CLIP")).length;
  const host = useRef<HTMLElement>(null);
  const act = (work: () => Promise<unknown>): void => change.mutate(work);
  return (
    <Modal title={words.board.shot(told.displayName)} close={() => open("")} isWide>
      <div className="space-y-7">
        <div>
          <p className="flex flex-wrap items-center gap-2 text-soft">
            <span className="mr-auto">{words.board.states[shot.state]}</span>
            <button type="button" className="button button-quiet" disabled={!before} onClick={() => open(before ?? "")}>
              {words.board.before}
            </button>
            <button type="button" className="button button-quiet" disabled={!after} onClick={() => open(after ?? "")}>
              {words.board.after}
            </button>
          </p>
          <blockquote className="mt-2 font-script">
            {told.action && <p>{told.action}</p>}
            {shot.lines.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </blockquote>
          <p className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-sm">
            <Link href={`/projects/${project}/script?line=${told.lineFirst}`} className="link">
              {words.film.toLine(told.lineFirst)}
            </Link>
            {hasClip && (
              <Link href={`/projects/${project}/film?shot=${shot.id}`} className="link">
                {words.steps.inFilm}
              </Link>
            )}
            {shot.lines.length > 0 && (
              <Link href={`/projects/${project}/cast`} className="link">
                {words.steps.voices}
              </Link>
            )}
          </p>
        </div>
        {change.isError && <FaultNotice error={change.error} />}
        <section aria-label={words.board.takes} ref={host}>
          <div className="grid gap-4 sm:grid-cols-2">
            {takes.data?.map((take) => (
              <TakeView
                key={take.name}
                take={take}
                inFilm={takes.data.find((each) => each.chosen)}
                isOnly={takes.data.length === 1}
                choose={() => act(() => chooseTake(project, told, idOf(take.name)))}
              />
            ))}
          </div>
          <div className="mt-4 flex flex-wrap gap-2">
            {(clips ?? 0) > 1 && <StepKey host={host} />}
            <button
              type="button"
              className="button"
              disabled={change.isPending || shot.isLocked}
              onClick={() => act(() => retake(project, told))}
            >
              {words.board.retake}
            </button>
            <button
              type="button"
              className="button"
              disabled={change.isPending || !(shot.isLocked || hasClip)}
              onClick={() => act(() => setLock(project, shot.id, !shot.isLocked))}
            >
              {shot.isLocked ? words.board.unlock : words.board.lock}
            </button>
          </div>
          <p className="mt-2 text-sm text-soft">{shot.isLocked ? words.board.lockedHint : words.board.retakeHint}</p>
          {takes.isSuccess && !hasClip && !shot.isLocked && <p className="text-sm text-soft">{words.board.lockNeeds}</p>}
        </section>
        <Approval project={project} shot={shot} />
        <Comments project={project} shot={shot.id} />
        <ShotCut project={project} shot={shot.placed} before={before} after={after} />
        <ShotLevels project={project} shot={shot.placed} />
        <ShotFiles project={project} shot={shot} />
        <ShotSettings project={project} shot={told} />
      </div>
    </Modal>
  );
}

function ShotFiles({ project, shot }: { project: string; shot: BoardShot }) {
  const words = useWords();
  return (
    <details>
      <summary className="font-semibold">{words.own.title}</summary>
      <div className="mt-3">
        {shot.isLocked ? (
          <p className="text-soft">{words.own.locked}</p>
        ) : (
          <OwnFiles project={project} places={placesOfShot(shot.placed, words)} />
        )}
      </div>
    </details>
  );
}

/** Changes something of a shot, and reads anew what depends on it. */
export function useShotChange(project: string) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: () => refreshEdited(known, project),
  });
}

function useArrows(before: string | undefined, after: string | undefined, open: (shot: string) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select, video")) return;
      const to = event.key === "ArrowLeft" ? before : event.key === "ArrowRight" ? after : undefined;
      if (to) open(to);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [before, after, open]);
}
