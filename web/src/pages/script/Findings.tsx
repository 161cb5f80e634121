/** What the parser finds in a screenplay, with what would mend it. */
import type { Diagnostic } from "../../api/answers";
import { useWords } from "../../words/words";

const COLOURS = {
  SEVERITY_UNSPECIFIED: "text-soft",
  SEVERITY_INFO: "text-soft",
  SEVERITY_WARNING: "text-warn",
  SEVERITY_ERROR: "text-bad",
};

interface Props {
  diagnostics: readonly Diagnostic[];
  isRead: boolean;
  go: (line: number) => void;
}

export function Findings({ diagnostics, isRead, go }: Props) {
  const words = useWords();
  return (
    <section aria-live="polite" aria-label={words.script.findings}>
      <h2 className="mb-3 font-semibold">
        {words.script.findings}
        {diagnostics.length > 0 && <span className="ml-2 font-normal text-soft">{diagnostics.length}</span>}
      </h2>
      {isRead && diagnostics.length === 0 && <p className="text-sm text-soft">{words.script.noFindings}</p>}
      <ul className="space-y-1">
        {diagnostics.map((each, at) => (
          <li key={`${each.code}-${each.line}-${at}`}>
            <button
              type="button"
              className="-mx-2 block w-[calc(100%+1rem)] rounded-md px-2 py-1.5 text-left text-sm hover:bg-raised"
              onClick={() => go(each.line)}
            >
              <span className={`text-xs ${COLOURS[each.severity]}`}>
                {words.script.severity[each.severity]}, {words.script.line(each.line)}
              </span>
              <span className="block break-words">{each.text}</span>
              {each.suggestion && <span className="block break-words text-soft">{each.suggestion}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
