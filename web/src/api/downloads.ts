/** Addresses of files. They are signed for a quarter of an hour and more; ten minutes they are kept here. */
import { queryOptions } from "@tanstack/react-query";

import type { Answer, Asset, Schemas } from "./answers";
import { answer, api } from "./client";

const KEPT_MS = 10 * 60_000;

/** A file of a job: of the film, of a further output, or of a task. */
export interface FileOf {
  asset?: Asset;
  output?: string;
  task?: number;
}

export type Address = Answer<Schemas["GetDownloadUrlResponse"]>;

export function addressOf(job: string, file: FileOf, signal?: AbortSignal): Promise<Address> {
  const params = { path: { job }, query: file };
  return answer(api.GET("/api/v1/jobs/{job}/download-url", { params, ...(signal && { signal }) }));
}

export const fileQuery = (job: string, file: FileOf) =>
  queryOptions({
    queryKey: ["download", job, file],
    staleTime: KEPT_MS,
    queryFn: () => addressOf(job, file),
  });

export const downloadQuery = (job: string, asset: Asset) => fileQuery(job, { asset });

export const taskDownloadQuery = (job: string, task: number) => fileQuery(job, { task });

/** The text of a file of a job's, from its store. */
export const assetTextQuery = (job: string, asset: Asset) =>
  queryOptions({
    queryKey: ["asset-text", job, asset],
    staleTime: Infinity,
    queryFn: async () => {
      const { url } = await addressOf(job, { asset });
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${response.status} for ${asset}`);
      return response.text();
    },
  });
