/** The scenes of a screenplay; the one with the cursor is marked. */
import type { Parsed } from "../../api/answers";
import { lasting } from "../../words/forms";
import { useWords } from "../../words/words";

interface Props {
  parsed: Parsed | undefined;
  line: number;
  go: (line: number) => void;
}

export function Outline({ parsed, line, go }: Props) {
  const words = useWords();
  const scenes = parsed?.scenes ?? [];
  return (
    <nav aria-label={words.script.outline}>
      <h2 className="mb-3 font-semibold">{words.script.outline}</h2>
      {scenes.length === 0 && <p className="text-sm text-soft">{words.script.noScenes}</p>}
      <ol className="space-y-1">
        {scenes.map((scene) => (
          <li key={scene.lineFirst}>
            <button
              type="button"
              aria-current={line >= scene.lineFirst && line <= scene.lineLast ? "true" : undefined}
              className="-mx-2 block w-[calc(100%+1rem)] rounded-md px-2 py-1.5 text-left hover:bg-raised aria-[current]:bg-raised"
              onClick={() => go(scene.lineFirst)}
            >
              <span className="flex gap-2 text-sm leading-snug font-medium">
                <span className="text-soft tabular-nums">{scene.number}</span>
                <span className="min-w-0 break-words">{scene.heading}</span>
              </span>
              <span className="mt-0.5 block text-xs text-soft">
                {words.script.shots(scene.shots.length)}, {lasting(scene.estimatedMs)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
