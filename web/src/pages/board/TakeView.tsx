/** A take of a shot: its still, and its clip where one was made. */
import type { Take } from "../../api/answers";
import { idOf } from "../../api/client";
import { useWords } from "../../words/words";
import { differencesOf } from "./differences";

interface Props {
  take: Take;
  /** The take that the film has. */
  inFilm: Take | undefined;
  isOnly: boolean;
  choose: () => void;
}

export function TakeView({ take, inFilm, isOnly, choose }: Props) {
  const words = useWords();
  const still = take.artifacts.find((each) => each.kind === "TASK_KIND_STILL");
  const clip = take.artifacts.find((each) => each.kind === "TASK_KIND_CLIP");
  const number = idOf(take.name);
  const isOld = still !== undefined && !still.current;
  return (
    <figure className={`rounded-lg border p-2 ${take.chosen && !isOnly ? "border-accent" : "border-line"}`}>
      <div className="grid aspect-video place-items-center overflow-hidden rounded bg-sunk text-sm text-soft">
        {clip ? (
          <video
            src={clip.url}
            poster={still?.url}
            controls
            loop
            muted
            playsInline
            preload="none"
            aria-label={words.board.take(number)}
            className="size-full object-contain"
          />
        ) : still ? (
          <img src={still.url} alt={words.board.take(number)} className="size-full object-contain" />
        ) : (
          words.board.nextRender
        )}
      </div>
      <figcaption className="mt-2 flex min-h-10 items-center gap-2 px-1 text-sm">
        <span className="font-medium">{words.board.take(number)}</span>
        {isOld && <span className="text-warn">{words.board.states.stale}</span>}
        {take.chosen ? (
          <span className="ml-auto text-accent">{words.board.inFilm}</span>
        ) : (
          <button type="button" className="button ml-auto" onClick={choose}>
            {words.board.choose}
          </button>
        )}
      </figcaption>
      {inFilm && !take.chosen && <Otherwise take={take} inFilm={inFilm} />}
    </figure>
  );
}

function Otherwise({ take, inFilm }: { take: Take; inFilm: Take }) {
  const words = useWords();
  const found = differencesOf(take, inFilm, words);
  if (found.length === 0) return <p className="px-1 text-xs text-soft">{words.steps.equal}</p>;
  return (
    <dl className="px-1 text-xs text-soft" aria-label={words.steps.differs}>
      {found.map(({ field, value }) => (
        <div key={field} className="flex gap-2">
          <dt>{words.steps.settings[field]}</dt>
          <dd className="ml-auto min-w-0 text-right break-words tabular-nums">{value || words.board.auto}</dd>
        </div>
      ))}
    </dl>
  );
}
