/** Into which languages a project is translated, and what its lines are there. */
import { queryOptions } from "@tanstack/react-query";

import { allPages, answer, api } from "./client";

const PAGE_SIZE = 500;

export const languagesQuery = (project: string) =>
  queryOptions({
    queryKey: ["languages", project],
    queryFn: () =>
      answer(api.GET("/api/v1/projects/{project}/translationLanguages", { params: { path: { project } } })),
  });

export const translationsQuery = (project: string, language: string) =>
  queryOptions({
    queryKey: ["translations", project, language],
    queryFn: () =>
      allPages(
        (pageToken) => {
          const params = { path: { project }, query: { language, pageSize: PAGE_SIZE, pageToken } };
          return answer(api.GET("/api/v1/projects/{project}/translations", { params }));
        },
        (page) => page.translations,
      ),
  });

/** Keeps texts, as one edit; an empty one takes away what was there. */
export async function saveTranslations(
  project: string,
  language: string,
  texts: { id: string; sourceText: string; text: string }[],
): Promise<void> {
  const params = { path: { project } };
  await answer(api.POST("/api/v1/projects/{project}/translations:import", { params, body: { language, texts } }));
}

/** Lets the studio's language model translate what is missing. Throws Fault in a studio without one. */
export async function fillTranslations(project: string, language: string): Promise<void> {
  const params = { path: { project } };
  const fill = () => answer(api.POST("/api/v1/projects/{project}/translations:fill", { params, body: { language } }));
  let left = Infinity;
  for (let told = await fill(); told.remaining > 0 && told.remaining < left; told = await fill()) left = told.remaining;
}
