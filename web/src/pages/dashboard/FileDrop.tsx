/** Takes a screenplay's file: dropped anywhere on the page, or chosen. */
import { type DragEvent, type ReactNode, useRef, useState } from "react";

import { useWords } from "../../words/words";

type Take = (file: File) => void;

export function FileDrop({ take, children }: { take: Take; children: ReactNode }) {
  const words = useWords();
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) take(file);
  };
  return (
    <div className="relative flex-1" onDragOver={over} onDragLeave={() => setOver(false)} onDrop={drop}>
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-3 grid place-items-center rounded-xl border-2 border-dashed border-accent bg-ground/85 text-2xl font-semibold">
          {words.dashboard.drop}
        </div>
      )}
    </div>
  );
}

export function FilePicker({ take, isBusy }: { take: Take; isBusy: boolean }) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".fountain,.fdx,.txt,.md,.json,.spmd"
        aria-label={words.dashboard.bring}
        className="hidden"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) take(file);
          event.target.value = "";
        }}
      />
      <button type="button" className="button" disabled={isBusy} onClick={() => input.current?.click()}>
        {isBusy ? words.dashboard.bringing : words.dashboard.bring}
      </button>
    </>
  );
}
