/** A project in other languages: each line, and what it is there. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useLocation, useSearchParams } from "wouter";

import type { Translation } from "../../api/answers";
import { refreshEdited } from "../../api/shots";
import { fillTranslations, languagesQuery, saveTranslations, translationsQuery } from "../../api/translations";
import { Field, Tick } from "../../parts/Field";
import { EmptyNotice, FaultNotice, Waiting } from "../../parts/Notice";
import { useWords } from "../../words/words";

const TAG = "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}";

export function LanguagesPage({ id }: { id: string }) {
  const words = useWords();
  const [search] = useSearchParams();
  const languages = useQuery(languagesQuery(id));
  const chosen = search.get("language") ?? languages.data?.languages[0] ?? "";
  if (languages.isPending) return <Waiting />;
  return (
    <div className="mx-auto w-full max-w-4xl px-4 py-6 sm:px-6">
      <h2 className="text-xl font-semibold">{words.languages.title}</h2>
      <p className="mt-1 mb-4 text-soft">{words.languages.hint}</p>
      <LanguageChoice key={chosen} id={id} chosen={chosen} known={languages.data?.languages ?? []} />
      {languages.isError && <FaultNotice error={languages.error} />}
      {chosen && <Lines key={chosen} id={id} language={chosen} />}
    </div>
  );
}

function LanguageChoice({ id, chosen, known }: { id: string; chosen: string; known: readonly string[] }) {
  const words = useWords();
  const list = useId();
  const [, go] = useLocation();
  const [language, setLanguage] = useState(chosen);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    go(`/projects/${id}/languages?language=${encodeURIComponent(language)}`);
  };
  return (
    <form onSubmit={submit} className="mb-6 grid items-end gap-3 sm:grid-cols-[20rem_auto]">
      <Field
        label={words.languages.language}
        required
        pattern={TAG}
        list={list}
        value={language}
        onChange={(event) => setLanguage(event.target.value)}
      />
      <datalist id={list}>
        {known.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <button type="submit" className="button min-h-11 justify-self-start">
        {words.languages.open}
      </button>
    </form>
  );
}

function Lines({ id, language }: { id: string; language: string }) {
  const words = useWords();
  const known = useQueryClient();
  const lines = useQuery(translationsQuery(id, language));
  const [given, setGiven] = useState<Record<string, string>>({});
  const [isAll, setAll] = useState(false);
  const change = useMutation({
    mutationFn: (work: () => Promise<void>) => work(),
    onSuccess: async () => {
      await Promise.all(
        ["translations", "languages"].map((key) => known.invalidateQueries({ queryKey: [key, id] })),
      );
      setGiven({});
      await refreshEdited(known, id);
    },
  });
  if (lines.isPending) return <Waiting />;
  if (lines.isError) return <FaultNotice error={lines.error} retry={() => void lines.refetch()} />;
  if (lines.data.length === 0)
    return (
      <EmptyNotice title={words.languages.empty}>
        <p>{words.languages.emptyHint}</p>
      </EmptyNotice>
    );
  const changed = lines.data.filter((line) => given[line.id] !== undefined && given[line.id] !== line.text);
  const missing = lines.data.filter((line) => line.kind === "TRANSLATION_KIND_DIALOGUE" && line.state !== "TRANSLATION_STATE_TRANSLATED");
  const save = (): Promise<void> =>
    saveTranslations(
      id,
      language,
      changed.map((line) => ({ id: line.id, sourceText: line.sourceText, text: given[line.id] ?? "" })),
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate(save);
      }}
    >
      <Tick label={words.languages.narration} checked={isAll} onChange={(event) => setAll(event.target.checked)} />
      <ol className="my-4 divide-y divide-line border-y border-line">
        {lines.data
          .filter((line) => isAll || line.kind !== "TRANSLATION_KIND_NARRATION")
          .map((line) => (
            <Line
              key={line.id}
              line={line}
              text={given[line.id] ?? line.text}
              language={language}
              write={(text) => setGiven((before) => ({ ...before, [line.id]: text }))}
            />
          ))}
      </ol>
      {change.isError && <FaultNotice error={change.error} />}
      <div className="sticky bottom-0 -mx-4 flex flex-wrap items-center gap-2 border-t border-line bg-ground px-4 py-3">
        <p className="mr-auto text-soft" role="status">
          {missing.length > 0 ? words.languages.left(missing.length) : words.languages.complete}
        </p>
        <button
          type="button"
          className="button"
          disabled={change.isPending || changed.length > 0 || missing.length === 0}
          onClick={() => change.mutate(() => fillTranslations(id, language))}
        >
          {words.languages.fill}
        </button>
        <button type="submit" className="button button-chief" disabled={change.isPending || changed.length === 0}>
          {words.languages.save}
        </button>
      </div>
    </form>
  );
}

interface LineProps {
  line: Translation;
  text: string;
  language: string;
  write: (text: string) => void;
}

function Line({ line, text, language, write }: LineProps) {
  const words = useWords();
  return (
    <li className="grid gap-x-6 gap-y-2 py-3 sm:grid-cols-2">
      <p className="min-w-0 break-words">
        <span className="block text-sm text-soft">{[line.shot, line.character, line.delivery].filter(Boolean).join(" ")}</span>
        {line.sourceText}
      </p>
      <div>
        <textarea
          rows={1}
          lang={language}
          maxLength={5000}
          aria-label={words.languages.of(line.sourceText)}
          className="field field-sizing-content block resize-y"
          value={text}
          onChange={(event) => write(event.target.value)}
        />
        {line.state === "TRANSLATION_STATE_STALE" && (
          <p className="mt-1 text-sm text-warn">{words.languages.stale(line.translatedSourceText)}</p>
        )}
      </div>
    </li>
  );
}
