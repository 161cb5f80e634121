/** Projects: reading, making, importing. */
import { queryOptions, useInfiniteQuery } from "@tanstack/react-query";

import type { Job, Project, Schemas, Template } from "./answers";
import { bytesToBase64 } from "./base64";
import { isHearing } from "./casting";
import { answer, api, idOf } from "./client";

export const SCREENPLAY_MAX_BYTES = 2 << 20;
const PAGE_SIZE = 48;
const JOBS_PAGE = 50;
const FORMATS: Readonly<Record<string, Schemas["ScreenplayFormat"]>> = {
  fountain: "SCREENPLAY_FORMAT_FOUNTAIN",
  fdx: "SCREENPLAY_FORMAT_FDX",
  md: "SCREENPLAY_FORMAT_MARKDOWN",
  json: "SCREENPLAY_FORMAT_JSON",
};

export function useProjects() {
  return useInfiniteQuery({
    queryKey: ["projects"],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/v1/projects", { params: { query: { pageSize: PAGE_SIZE, pageToken: pageParam } } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
}

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: ["project", id],
    queryFn: () => answer(api.GET("/api/v1/projects/{project}", { params: { path: { project: id } } })),
  });

/** A project's renders, the newest first, without those that only let somebody hear a voice. */
export const jobsQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    queryFn: async (): Promise<Job[]> => {
      const query = { project: `projects/${id}`, pageSize: JOBS_PAGE };
      return (await answer(api.GET("/api/v1/jobs", { params: { query } }))).jobs.filter((job) => !isHearing(job));
    },
  });

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  staleTime: Infinity,
  queryFn: async () => (await answer(api.GET("/api/v1/templates"))).templates,
});

export async function createProject(displayName: string): Promise<Project> {
  return answer(api.POST("/api/v1/projects", { body: { displayName } }));
}

export async function importBytes(
  project: string,
  bytes: Uint8Array,
  format: Schemas["ScreenplayFormat"] = "SCREENPLAY_FORMAT_UNSPECIFIED",
): Promise<void> {
  await answer(
    api.POST("/api/v1/projects/{project}/revisions", {
      params: { path: { project: idOf(project) } },
      body: { content: bytesToBase64(bytes), format },
    }),
  );
}

/** A new project of a file: named by its title page, or else as the file. */
export async function projectOfFile(file: File): Promise<Project> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const [, stem = file.name, end = ""] = /^(.*?)\.?([A-Za-z]*)$/.exec(file.name) ?? [];
  const format = FORMATS[end.toLowerCase()] ?? "SCREENPLAY_FORMAT_UNSPECIFIED";
  const parsed = await answer(api.POST("/api/v1/screenplays:parse", { body: { content: bytesToBase64(bytes), format } }));
  const project = await createProject((parsed.title || stem).slice(0, 100));
  await importBytes(project.name, bytes, format);
  return project;
}

/** A new project that begins with a template's screenplay. */
export async function projectOfTemplate(displayName: string, template: Template): Promise<Project> {
  const path = { template: idOf(template.name) };
  const { content } = await answer(api.GET("/api/v1/templates/{template}", { params: { path } }));
  const project = await createProject(displayName);
  await answer(
    api.POST("/api/v1/projects/{project}/revisions", {
      params: { path: { project: idOf(project.name) } },
      body: { content },
    }),
  );
  return project;
}

export async function deleteProject(project: Project): Promise<void> {
  await answer(api.DELETE("/api/v1/projects/{project}", { params: { path: { project: idOf(project.name) } } }));
}
