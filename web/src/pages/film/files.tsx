/** Buttons that fetch files of a render, each with the file's size. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { addressOf, type FileOf, fileQuery } from "../../api/downloads";
import { useSeen } from "../../parts/seen";
import { bytes, whole } from "../../words/forms";

export function useDownload(job: string) {
  return useMutation({ mutationFn: (file: FileOf) => download(job, file) });
}

/** The store answers as a download with a name, so the page stays. */
async function download(job: string, file: FileOf): Promise<void> {
  const { url, filename } = await addressOf(job, file);
  save(url, filename);
}

export function save(url: string, filename: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.click();
}

/** Of a file that is seen; empty before it is known. */
function useSize(job: string | undefined, file: FileOf, isSeen = true): string {
  const { data } = useQuery({ ...fileQuery(job ?? "", file), enabled: job !== undefined && isSeen, retry: false });
  return data ? bytes(whole(data.sizeBytes)) : "";
}

interface FileButtonProps {
  name: string;
  fetch: () => void;
  /** Of which job and which file the size is told; without them none is. */
  job?: string;
  file?: FileOf;
}

export function FileButton({ name, fetch, job, file = {} }: FileButtonProps) {
  const size = useSize(job, file);
  return (
    <button type="button" className="flex w-full items-baseline gap-3 py-2.5 text-left hover:text-accent" onClick={fetch}>
      <span className="mr-auto">{name}</span>
      <span aria-hidden className="text-sm text-soft tabular-nums">
        {size}
      </span>
      <span aria-hidden className="text-soft">
        ↓
      </span>
    </button>
  );
}

interface GroupProps {
  title: string;
  isOpen?: boolean;
  opened?: () => void;
  children: ReactNode;
}

export function FileGroup({ title, isOpen = false, opened, children }: GroupProps) {
  return (
    <details open={isOpen} onToggle={(event) => event.currentTarget.open && opened?.()} className="border-b border-line py-2.5">
      <summary>{title}</summary>
      <ul className="mt-2 max-h-96 divide-y divide-line overflow-y-auto">{children}</ul>
    </details>
  );
}

export function FileRow({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li className="py-2">
      <p className="truncate text-sm text-soft" title={title}>
        {title}
      </p>
      <div className="flex flex-wrap gap-x-4">{children}</div>
    </li>
  );
}

interface SmallProps {
  name: string;
  /** Of which of many things it is, for screen readers. */
  of: string;
  fetch: () => void;
  job: string;
  file: FileOf;
}

export function SmallButton({ name, of, fetch, job, file }: SmallProps) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const size = useSize(job, file, useSeen(element));
  return (
    <button ref={setElement} type="button" className="min-h-8 text-sm" aria-label={`${name}, ${of}`} onClick={fetch}>
      <span className="link">{name}</span>
      {size && <span className="ml-1.5 text-soft tabular-nums">{size}</span>}
    </button>
  );
}
