/** What few renders need: a part, another loudness, texts over the picture, further versions, the library. */
import { Choice, Field, Tick } from "../../parts/Field";
import { useWords } from "../../words/words";
import { type Choices, isFilm, LOUDNESS, LOWER_THIRDS } from "./choices";
import { FilmLibrary } from "./FilmLibrary";
import { Outputs } from "./Outputs";

interface Props {
  project: string;
  given: Choices;
  choose: (given: Choices) => void;
  leave: () => void;
}

export function MoreOptions({ project, given, choose, leave }: Props) {
  const words = useWords();
  return (
    <details>
      <summary className="font-semibold">{words.options.more}</summary>
      <div className="mt-4 space-y-6">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={words.options.scenes}
            maxLength={1000}
            value={given.scenes}
            onChange={(event) => choose({ ...given, scenes: event.target.value })}
          />
          <Choice
            label={words.options.loudness}
            value={String(given.loudnessMillilufs)}
            onChange={(event) => choose({ ...given, loudnessMillilufs: Number(event.target.value) })}
            options={loudnessWith(given.loudnessMillilufs).map((each) => [String(each), words.options.loudnessOf(String(each / 1000))])}
          />
        </div>
        {isFilm(given) && (
          <>
            <fieldset>
              <legend className="mb-1 text-sm text-soft">{words.options.lowerThirds}</legend>
              {LOWER_THIRDS.map((kind) => (
                <Tick
                  key={kind}
                  className="mt-1"
                  label={words.options.lowerThirdsOf[kind]}
                  checked={given.lowerThirds.includes(kind)}
                  onChange={(event) =>
                    choose({
                      ...given,
                      lowerThirds: LOWER_THIRDS.filter((each) => (each === kind ? event.target.checked : given.lowerThirds.includes(each))),
                    })
                  }
                />
              ))}
            </fieldset>
            <Outputs project={project} outputs={given.outputs} choose={(outputs) => choose({ ...given, outputs })} leave={leave} />
            <FilmLibrary project={project} leave={leave} />
          </>
        )}
      </div>
    </details>
  );
}

function loudnessWith(chosen: number): readonly number[] {
  return LOUDNESS.some((each) => each === chosen) ? LOUDNESS : [chosen, ...LOUDNESS];
}
