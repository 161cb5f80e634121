/** Further versions of a film: in other proportions, languages and files. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { languagesQuery } from "../../api/translations";
import { Choice, Tick } from "../../parts/Field";
import { useWords } from "../../words/words";
import { FORMS, type OutputChoice } from "./choices";
import { ASPECT_NAMES } from "./sizes";

const OUTPUTS_MAX = 4;
const FIRST: OutputChoice = { aspect: "9:16", language: "", captionsOnly: true, form: "FILM_FORM_UNSPECIFIED" };

interface Props {
  project: string;
  outputs: readonly OutputChoice[];
  choose: (outputs: readonly OutputChoice[]) => void;
  /** Closes the dialogue for another page. */
  leave: () => void;
}

export function Outputs({ project, outputs, choose, leave }: Props) {
  const words = useWords();
  const translated = useQuery(languagesQuery(project));
  const languages = translated.data?.languages ?? [];
  return (
    <fieldset>
      <legend className="text-sm text-soft">{words.options.outputs}</legend>
      <p className="mb-3 text-sm text-soft">{words.options.outputsHint}</p>
      {outputs.map((output, index) => (
        <OutputRow
          key={index}
          number={index + 1}
          output={output}
          languages={languages}
          change={(changed) => choose(outputs.with(index, changed))}
          remove={() => choose(outputs.toSpliced(index, 1))}
        />
      ))}
      {outputs.length < OUTPUTS_MAX && (
        <button type="button" className="button" onClick={() => choose([...outputs, FIRST])}>
          {words.options.addOutput}
        </button>
      )}
      {translated.isSuccess && languages.length === 0 && (
        <p className="mt-2 text-sm text-soft">
          {words.options.noLanguages}{" "}
          <Link href={`/projects/${project}/languages`} onClick={leave} className="link">
            {words.options.toLanguages}
          </Link>
        </p>
      )}
    </fieldset>
  );
}

interface RowProps {
  number: number;
  output: OutputChoice;
  languages: readonly string[];
  change: (output: OutputChoice) => void;
  remove: () => void;
}

function OutputRow({ number, output, languages, change, remove }: RowProps) {
  const words = useWords();
  return (
    <fieldset className="mb-3 grid items-end gap-3 rounded-lg border border-line p-3 sm:grid-cols-[1fr_1fr_1fr_auto]">
      <legend className="px-1 text-sm text-soft">{words.options.output(number)}</legend>
      <Choice
        label={words.options.aspect}
        value={output.aspect}
        onChange={(event) => change({ ...output, aspect: event.target.value })}
        options={[["", words.options.own], ...aspectsWith(output.aspect).map((aspect) => [aspect, aspect] as const)]}
      />
      <Choice
        label={words.options.outputLanguage}
        value={output.language}
        disabled={languages.length === 0}
        onChange={(event) => change({ ...output, language: event.target.value })}
        options={[["", words.options.own], ...languages.map((language) => [language, language] as const)]}
      />
      <Choice
        label={words.options.form}
        value={output.form}
        onChange={(event) => change({ ...output, form: event.target.value as OutputChoice["form"] })}
        options={FORMS.map((form) => [form, words.options.forms[form]])}
      />
      <button type="button" className="button min-h-11" aria-label={words.options.removeOutput(number)} onClick={remove}>
        {words.common.remove}
      </button>
      {output.language && (
        <Tick
          label={words.options.captionsOnly}
          className="sm:col-span-4"
          checked={output.captionsOnly}
          onChange={(event) => change({ ...output, captionsOnly: event.target.checked })}
        />
      )}
    </fieldset>
  );
}

/** The API takes proportions of whole numbers. */
function aspectsWith(chosen: string): readonly string[] {
  const whole = ASPECT_NAMES.filter((aspect) => !aspect.includes(".")) as string[];
  return chosen && !whole.includes(chosen) ? [chosen, ...whole] : whole;
}
