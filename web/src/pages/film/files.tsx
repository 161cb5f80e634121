/** Buttons that fetch files of a render. */
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Asset } from "../../api/answers";
import { answer, api } from "../../api/client";

/** A file of a job: of the film, of a further output, or of a task. */
export interface FileOf {
  asset?: Asset;
  output?: string;
  task?: number;
}

export function useDownload(job: string) {
  return useMutation({ mutationFn: (file: FileOf) => download(job, file) });
}

/** The store answers as a download with a name, so the page stays. */
async function download(job: string, file: FileOf): Promise<void> {
  const params = { path: { job }, query: file };
  const { url, filename } = await answer(api.GET("/api/v1/jobs/{job}/download-url", { params }));
  save(url, filename);
}

export function save(url: string, filename: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.click();
}

export function FileButton({ name, fetch }: { name: string; fetch: () => void }) {
  return (
    <button type="button" className="flex w-full justify-between py-2.5 text-left hover:text-accent" onClick={fetch}>
      {name}
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

/** A file of one of many things; `of` says to screen readers of which. */
export function SmallButton({ name, of, fetch }: { name: string; of: string; fetch: () => void }) {
  return (
    <button type="button" className="link min-h-8 text-sm" aria-label={`${name}, ${of}`} onClick={fetch}>
      {name}
    </button>
  );
}
