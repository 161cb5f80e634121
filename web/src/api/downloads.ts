/** Addresses of files. They are signed for a quarter of an hour and more; ten minutes they are kept here. */
import { queryOptions } from "@tanstack/react-query";

import type { Asset } from "./answers";
import { answer, api } from "./client";

const KEPT_MS = 10 * 60_000;

export const downloadQuery = (job: string, asset: Asset) =>
  queryOptions({
    queryKey: ["download", job, asset],
    staleTime: KEPT_MS,
    queryFn: () =>
      answer(api.GET("/api/v1/jobs/{job}/download-url", { params: { path: { job }, query: { asset } } })),
  });

export const taskDownloadQuery = (job: string, task: number) =>
  queryOptions({
    queryKey: ["download", job, task],
    staleTime: KEPT_MS,
    queryFn: () =>
      answer(api.GET("/api/v1/jobs/{job}/download-url", { params: { path: { job }, query: { task } } })),
  });

/** The text of a file of a job's, from its store. */
export const assetTextQuery = (job: string, asset: Asset) =>
  queryOptions({
    queryKey: ["asset-text", job, asset],
    staleTime: Infinity,
    queryFn: async () => {
      const query = { asset };
      const { url } = await answer(api.GET("/api/v1/jobs/{job}/download-url", { params: { path: { job }, query } }));
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${response.status} for ${asset}`);
      return response.text();
    },
  });
