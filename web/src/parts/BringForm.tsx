/** Brings a file: which one, whose it is, and how far it has gone. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";

import type { BroughtKind } from "../api/brought";
import { type Brought, INLINE_MAX_BYTES, sourceOf, StoreFault } from "../api/uploads";
import { useWords } from "../words/words";
import { Field, Tick } from "./Field";
import { FilePlace } from "./FilePlace";
import { FaultNotice } from "./Notice";

interface Props {
  kind: BroughtKind;
  take: (brought: Brought, file: File) => Promise<unknown>;
  /** What else is asked of a file that was chosen. */
  ask?: (file: File) => ReactNode;
}

/** A line is somebody's voice, whatever is ticked. */
const OF_PEOPLE: readonly BroughtKind[] = ["line"];
const LICENCES = ["own", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "OFL-1.1", "public domain"];
const NOBODY = { creator: "", source: "", licence: "", consent: "", showsPeople: false };
/** What was said last: files come in series. */
let last = NOBODY;

export function BringForm({ kind, take, ask }: Props) {
  const words = useWords();
  const [file, setFile] = useState<File | null>(null);
  const [given, setGiven] = useState({ ...last, consent: "", showsPeople: false });
  const [part, setPart] = useState(0);
  const ending = useRef(new AbortController());
  const needsConsent = given.showsPeople || OF_PEOPLE.includes(kind);
  const sending = useMutation({
    mutationFn: async (chosen: File) => {
      ending.current = new AbortController();
      setPart(0);
      const source = await sourceOf(chosen, kind, setPart, ending.current.signal);
      const { showsPeople, consent, ...credit } = given;
      last = given;
      await take({ source, credit: { ...credit, ...(needsConsent && { consent }) }, showsPeople }, chosen);
    },
    onSuccess: () => setFile(null),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (file) sending.mutate(file);
  };
  const isStopped = sending.error instanceof DOMException && sending.error.name === "AbortError";
  const error = sending.error instanceof StoreFault ? new Error(words.bring.faults.store) : sending.error;
  return (
    <form onSubmit={submit} className="space-y-4">
      <FilePlace kind={kind} file={file} choose={setFile} />
      {file && <CreditFields given={given} needsConsent={needsConsent} asksPeople={!OF_PEOPLE.includes(kind) && kind !== "font"} choose={setGiven} />}
      {file && ask?.(file)}
      {sending.isPending && file && <Sending file={file} part={part} stop={() => ending.current.abort()} />}
      {error && !isStopped && <FaultNotice error={error} />}
      {file && !sending.isPending && (
        <button type="submit" className="button button-chief">
          {words.bring.send}
        </button>
      )}
    </form>
  );
}

type Given = typeof NOBODY;

interface CreditProps {
  given: Given;
  needsConsent: boolean;
  asksPeople: boolean;
  choose: (given: Given) => void;
}

function CreditFields({ given, needsConsent, asksPeople, choose }: CreditProps) {
  const words = useWords();
  const licences = useId();
  const bound = (key: "creator" | "source" | "licence" | "consent") => ({
    required: true,
    value: given[key],
    onChange: (event: { target: { value: string } }) => choose({ ...given, [key]: event.target.value }),
  });
  return (
    <fieldset className="grid gap-4 sm:grid-cols-3">
      <legend className="mb-2 font-medium">{words.bring.whose}</legend>
      <Field label={words.bring.creator} maxLength={120} {...bound("creator")} />
      <Field label={words.bring.source} hint={words.bring.sourceHint} maxLength={300} {...bound("source")} />
      <Field label={words.bring.licence} hint={words.bring.licenceHint} maxLength={120} list={licences} {...bound("licence")} />
      <datalist id={licences}>
        {LICENCES.map((licence) => (
          <option key={licence} value={licence} />
        ))}
      </datalist>
      {asksPeople && (
        <Tick
          className="sm:col-span-3"
          label={words.bring.people}
          checked={given.showsPeople}
          onChange={(event) => choose({ ...given, showsPeople: event.target.checked })}
        />
      )}
      {needsConsent && (
        <Field className="sm:col-span-3" label={words.bring.consent} hint={words.bring.consentHint} maxLength={1000} {...bound("consent")} />
      )}
    </fieldset>
  );
}

function Sending({ file, part, stop }: { file: File; part: number; stop: () => void }) {
  const words = useWords();
  const isSent = file.size <= INLINE_MAX_BYTES || part >= 1;
  return (
    <div className="flex items-center gap-3">
      <div className="flex-1">
        <p role="status" className="text-sm text-soft">
          {isSent ? words.bring.looking : words.bring.sending}
        </p>
        <progress className="bar mt-1" aria-label={words.bring.progress} {...(isSent ? {} : { value: part })} max={1} />
      </div>
      <button type="button" className="button" onClick={stop}>
        {words.common.cancel}
      </button>
    </div>
  );
}
