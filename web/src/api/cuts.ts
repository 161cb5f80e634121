/** A film's cut list. */
import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";

export const cutQuery = (job: string) =>
  queryOptions({
    queryKey: ["cut", job],
    staleTime: Infinity,
    queryFn: async () => {
      const params = { path: { job }, query: { format: "CUT_LIST_FORMAT_OTIO" as const } };
      return (await answer(api.GET("/api/v1/jobs/{job}/cut-list", { params }))).content;
    },
  });
