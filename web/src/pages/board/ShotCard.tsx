/** One shot on the board: its still, what is said, how long it is, how it stands. */
import { useQuery } from "@tanstack/react-query";
import { type DragEvent, memo, useState } from "react";

import type { TimelineShot } from "../../api/answers";
import { type Spot, stillOf, takesQuery } from "../../api/shots";
import { useSeen } from "../../parts/seen";
import { lasting } from "../../words/forms";
import { useWords } from "../../words/words";
import type { BoardShot, ShotState } from "./board";

const DRAGGED = "application/x-film-shot";
const COLOURS: Record<ShotState, string> = {
  locked: "bg-ink",
  rendering: "animate-pulse bg-accent",
  waiting: "bg-accent/50",
  failed: "bg-bad",
  made: "bg-good",
  stale: "bg-warn",
  unmade: "bg-edge",
};

interface Props {
  project: string;
  shot: BoardShot;
  open: (id: string) => void;
  /** Another shot was let go on this one's left or right half. */
  drop: (dragged: TimelineShot, spot: Spot) => void;
}

export const ShotCard = memo(function ShotCard({ project, shot, open, drop }: Props) {
  const words = useWords();
  const { shot: told, state } = shot;
  const { side, handlers } = useDragging(shot, drop);
  return (
    <li className={`min-w-0 rounded-lg ${side ? SIDES[side] : ""}`} {...handlers}>
      <button
        type="button"
        onClick={() => open(shot.id)}
        className="group block w-full rounded-lg text-left outline-offset-4"
      >
        <Still project={project} id={shot.id} isMade={state !== "unmade"} state={state} own={shot.ownStill} />
        <span className="mt-2 flex items-baseline gap-2 text-sm">
          <span className="font-semibold tabular-nums group-hover:text-accent">{told.displayName}</span>
          <span className="inline-flex items-center gap-1.5 text-soft">
            <span className={`size-2 shrink-0 rounded-full ${COLOURS[state]}`} aria-hidden />
            {words.board.states[state]}
          </span>
          <span className="ml-auto whitespace-nowrap text-soft tabular-nums">{lasting(shot.lengthMs)}</span>
        </span>
        <span className="mt-1 line-clamp-2 text-sm text-soft">
          {shot.lines.length > 0 ? shot.lines.join(" ") : told.action}
        </span>
        <Marks shot={shot} />
      </button>
    </li>
  );
});

const SIDES = { before: "shadow-[-3px_0_0_var(--accent)]", after: "shadow-[3px_0_0_var(--accent)]" } as const;

/** With a mouse a shot is moved by dragging; the sheet has buttons for it. */
function useDragging({ id, placed }: BoardShot, drop: Props["drop"]) {
  const [side, setSide] = useState<keyof typeof SIDES | null>(null);
  const handlers = {
    draggable: true,
    onDragStart: (event: DragEvent) => event.dataTransfer.setData(DRAGGED, JSON.stringify(placed)),
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED)) return;
      event.preventDefault();
      const { left, width } = event.currentTarget.getBoundingClientRect();
      setSide(event.clientX < left + width / 2 ? "before" : "after");
    },
    onDragLeave: () => setSide(null),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setSide(null);
      const dragged = JSON.parse(event.dataTransfer.getData(DRAGGED)) as TimelineShot;
      if (dragged.name !== placed.name) drop(dragged, side === "before" ? { before: id } : { after: id });
    },
  };
  return { side, handlers };
}

function Marks({ shot }: { shot: BoardShot }) {
  const words = useWords();
  const decision = shot.approval?.decision;
  const marks = [
    shot.ownStill && words.own.here,
    shot.shot.takeCount > 1 && words.board.takeCount(shot.shot.takeCount),
    shot.openComments > 0 && words.board.commentCount(shot.openComments),
    decision === "DECISION_APPROVED" && (shot.approval?.outdated ? words.board.outdated : words.board.approved),
    decision === "DECISION_CHANGES_REQUESTED" && words.board.changesWanted,
  ].filter((mark) => typeof mark === "string" && mark !== "");
  if (marks.length === 0) return null;
  return <span className="mt-1 block text-xs text-accent">{marks.join(" · ")}</span>;
}

interface StillProps {
  project: string;
  id: string;
  isMade: boolean;
  state: ShotState;
  /** Where a still of one's own is. */
  own: string | undefined;
}

function Still({ project, id, isMade, state, own }: StillProps) {
  const [host, setHost] = useState<HTMLElement | null>(null);
  const isSeen = useSeen(host);
  const takes = useQuery({ ...takesQuery(project, id), enabled: isSeen && isMade && own === undefined });
  const url = own ?? stillOf(takes.data)?.url;
  return (
    <span
      ref={setHost}
      className="relative block aspect-video overflow-hidden rounded-lg bg-sunk ring-1 ring-line group-hover:ring-edge"
    >
      {url && (
        <img
          src={url}
          alt=""
          decoding="async"
          draggable={false}
          className={`size-full object-contain ${own === undefined && (state === "stale" || state === "rendering") ? "opacity-45" : ""}`}
        />
      )}
      {state === "locked" && <Lock />}
    </span>
  );
}

function Lock() {
  return (
    <svg viewBox="0 0 20 20" className="absolute top-2 right-2 size-5 rounded bg-black/70 p-0.5 text-white" aria-hidden>
      <path fill="currentColor" d="M6 8V6a4 4 0 0 1 8 0v2h1v8H5V8zm2 0h4V6a2 2 0 0 0-4 0z" />
    </svg>
  );
}
