/** A place for a file: dropped on it, or chosen; what was chosen shows at once. */
import { type ChangeEvent, type DragEvent, useEffect, useId, useMemo, useState } from "react";

import { type BroughtKind, faultOfFile, RULES } from "../api/brought";
import { bytes } from "../words/forms";
import { useWords, type Words } from "../words/words";
import { FilePreview } from "./FilePreview";

interface Props {
  kind: BroughtKind;
  file: File | null;
  choose: (file: File | null) => void;
}

export function FilePlace({ kind, file, choose }: Props) {
  const words = useWords();
  const input = useId();
  const [isOver, setOver] = useState(false);
  const [fault, setFault] = useState("");
  const url = useObjectUrl(file);
  const take = async (given: File | undefined): Promise<void> => {
    if (!given) return;
    const found = await faultOfFile(given, kind);
    setFault(found ? faultWords(found, given, words) : "");
    choose(found ? null : given);
  };
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  const picked = (event: ChangeEvent<HTMLInputElement>): void => {
    void take(event.target.files?.[0]);
    event.target.value = "";
  };
  return (
    <div
      className={`rounded-lg border-2 border-dashed p-4 ${isOver ? "border-accent bg-accent/10" : "border-edge"}`}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {file && url ? (
        <>
          <FilePreview kind={kind} url={url} name={file.name} />
          <p className="mt-2 text-sm break-words text-soft">{words.bring.chosen(file.name, bytes(file.size))}</p>
        </>
      ) : (
        <p className="text-soft">{words.bring.drop(RULES[kind].formats.join(", "))}</p>
      )}
      <input id={input} type="file" accept={RULES[kind].accept} className="peer sr-only" onChange={picked} />
      <label
        htmlFor={input}
        className="button mt-3 cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent"
      >
        {file ? words.bring.another : words.bring.chooseFile}
      </label>
      {fault && (
        <p role="alert" className="mt-3 text-bad">
          {fault}
        </p>
      )}
    </div>
  );
}

type Found = NonNullable<Awaited<ReturnType<typeof faultOfFile>>>;

function faultWords(found: Found, file: File, words: Words): string {
  const { faults } = words.bring;
  if (found.fault === "large") return faults.large(bytes(file.size), bytes(found.maxBytes));
  return found.fault === "format" ? faults.format(found.formats) : faults.empty;
}

function useObjectUrl(file: File | null): string | undefined {
  const url = useMemo(() => (file ? URL.createObjectURL(file) : undefined), [file]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  return url;
}
