/** Renders: what one would do, starting, following, ending them. */
import { queryOptions } from "@tanstack/react-query";

import type { Answer, Job, RenderOptions, RenderPlan, Schemas } from "./answers";
import { allPages, answer, api, idOf } from "./client";

const TASKS_PAGE = 500;

export type Task = Answer<Schemas["Task"]>;

export const jobQuery = (job: string) =>
  queryOptions({
    queryKey: ["job", job],
    queryFn: () => answer(api.GET("/api/v1/jobs/{job}", { params: { path: { job } } })),
  });

/** Which task is of which shot; that never changes. */
export const tasksQuery = (job: string) =>
  queryOptions({
    queryKey: ["tasks", job],
    queryFn: () =>
      allPages(
        (pageToken) => {
          const params = { path: { job }, query: { pageSize: TASKS_PAGE, pageToken } };
          return answer(api.GET("/api/v1/jobs/{job}/tasks", { params }));
        },
        (page) => page.tasks,
      ),
  });

export const planQuery = (project: string, options: RenderOptions) =>
  queryOptions({
    queryKey: ["plan", project, options],
    retry: false,
    queryFn: ({ signal }): Promise<RenderPlan> =>
      answer(api.POST("/api/v1/jobs:plan", { body: { project: `projects/${project}`, options }, signal })),
  });

export async function startRender(project: string, options: RenderOptions, requestId: string): Promise<Job> {
  return answer(api.POST("/api/v1/jobs", { body: { project: `projects/${project}`, options, requestId } }));
}

export async function cancelJob(job: Job): Promise<Job> {
  return answer(api.POST("/api/v1/jobs/{job}:cancel", { params: { path: { job: idOf(job.name) } }, body: {} }));
}

export async function retryJob(job: Job, requestId: string): Promise<Job> {
  const path = { job: idOf(job.name) };
  return answer(api.POST("/api/v1/jobs/{job}:retry", { params: { path }, body: { requestId } }));
}
