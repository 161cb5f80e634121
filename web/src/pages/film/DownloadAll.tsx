/** One action for all files of a film. */
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";

import type { Job } from "../../api/answers";
import { FaultNotice } from "../../parts/Notice";
import { bytes } from "../../words/forms";
import { useWords, type Words } from "../../words/words";
import { everythingOf, type Gone, LostFile, TooLarge } from "./everything";
import { save } from "./files";

/** A browser has taken the zip long before. */
const KEPT_MS = 600_000;

export function DownloadAll({ job }: { job: Job }) {
  const words = useWords();
  const [gone, setGone] = useState<Gone | null>(null);
  const ending = useRef(new AbortController());
  const packing = useMutation({
    mutationFn: async () => {
      ending.current = new AbortController();
      setGone(null);
      const [zip, filename] = await everythingOf(job, setGone, ending.current.signal);
      const url = URL.createObjectURL(zip);
      save(url, filename);
      setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
      return zip.size;
    },
  });
  const isStopped = packing.error?.name === "AbortError";
  return (
    <div className="mb-4">
      {packing.isPending ? (
        <div className="flex items-center gap-3">
          <div className="min-w-0 flex-1">
            <p role="status" className="text-sm text-soft tabular-nums">
              {gone?.allBytes
                ? words.all.fetching(bytes(gone.doneBytes), bytes(gone.allBytes))
                : words.all.gathering(gone?.files ?? 0)}
            </p>
            <progress
              className="bar mt-1"
              aria-label={words.all.progress}
              max={1}
              {...(gone?.allBytes && { value: gone.doneBytes / gone.allBytes })}
            />
          </div>
          <button type="button" className="button" onClick={() => ending.current.abort()}>
            {words.all.stop}
          </button>
        </div>
      ) : (
        <>
          <button type="button" className="button button-chief w-full" onClick={() => packing.mutate()}>
            {words.all.button}
          </button>
          <p className="mt-1 text-sm text-soft">{packing.isSuccess ? words.all.done(bytes(packing.data)) : words.all.hint}</p>
        </>
      )}
      {packing.isError && !isStopped && <FaultNotice error={told(packing.error, words)} />}
    </div>
  );
}

function told(error: Error, words: Words): Error {
  if (error instanceof TooLarge) return new Error(words.all.large(bytes(error.sizeBytes)));
  return error instanceof LostFile ? new Error(words.all.lost(error.message)) : error;
}
