/** Into which languages a project is translated. */
import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";

export const languagesQuery = (project: string) =>
  queryOptions({
    queryKey: ["languages", project],
    queryFn: () =>
      answer(api.GET("/api/v1/projects/{project}/translationLanguages", { params: { path: { project } } })),
  });
