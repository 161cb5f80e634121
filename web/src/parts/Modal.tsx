/** A dialogue over the page: the browser's own, which holds the focus and closes with Escape. */
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

import { useWords } from "../words/words";

interface Props {
  title: string;
  close?: () => void;
  children: ReactNode;
  isWide?: boolean;
}

export function Modal({ title, close, children, isWide = false }: Props) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const label = useId();
  // Closed while it is still in the page, the browser gives the focus back to where it was.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={label}
      onCancel={(event) => {
        event.preventDefault();
        close?.();
      }}
      className={`m-auto max-h-[92dvh] w-[calc(100vw-1.5rem)] overflow-auto rounded-xl border border-line bg-raised p-0 text-ink shadow-2xl ${isWide ? "max-w-3xl" : "max-w-md"}`}
    >
      <div className="px-5 pb-5 sm:px-7 sm:pb-7">
        <div className="sticky -top-px z-10 -mx-5 mb-5 flex items-start justify-between gap-4 bg-raised px-5 py-5 sm:-mx-7 sm:px-7">
          <h2 id={label} className="text-xl font-semibold">
            {title}
          </h2>
          {close && (
            <button type="button" className="button button-quiet -mt-1 -mr-2" onClick={close}>
              {words.common.close}
            </button>
          )}
        </div>
        {children}
      </div>
    </dialog>
  );
}
