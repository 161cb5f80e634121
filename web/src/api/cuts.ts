/** A film's cut list. */
import { queryOptions } from "@tanstack/react-query";

import type { Answer, Schemas } from "./answers";
import { answer, api } from "./client";

export type CutFormat = "CUT_LIST_FORMAT_OTIO" | "CUT_LIST_FORMAT_EDL";
export type CutList = Answer<Schemas["CutList"]>;

export function cutListOf(job: string, format: CutFormat, signal?: AbortSignal): Promise<CutList> {
  const params = { path: { job }, query: { format } };
  return answer(api.GET("/api/v1/jobs/{job}/cut-list", { params, ...(signal && { signal }) }));
}

export const cutQuery = (job: string) =>
  queryOptions({
    queryKey: ["cut", job],
    staleTime: Infinity,
    queryFn: async () => (await cutListOf(job, "CUT_LIST_FORMAT_OTIO")).content,
  });
