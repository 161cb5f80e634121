/** Who plays and where: looks and voices, and a line to hear a voice by. */
import { queryOptions } from "@tanstack/react-query";

import type { CastMember, Job, Location, RenderOptions } from "./answers";
import { allPages, answer, api, idOf } from "./client";

const PAGE_SIZE = 200;
const KEPT_MS = 8 * 60_000;

export const castQuery = (id: string) =>
  queryOptions({
    queryKey: ["cast", id],
    queryFn: () =>
      allPages(
        (pageToken) => {
          const params = { path: { project: id }, query: { pageSize: PAGE_SIZE, pageToken } };
          return answer(api.GET("/api/v1/projects/{project}/castMembers", { params }));
        },
        (page) => page.castMembers,
      ),
  });

export const locationsQuery = (id: string) =>
  queryOptions({
    queryKey: ["locations", id],
    queryFn: () =>
      allPages(
        (pageToken) => {
          const params = { path: { project: id }, query: { pageSize: PAGE_SIZE, pageToken } };
          return answer(api.GET("/api/v1/projects/{project}/locations", { params }));
        },
        (page) => page.locations,
      ),
  });

export type CastEdit = Partial<Pick<CastMember, "displayName" | "look" | "voice" | "language"> & { seed: string }>;
export type LocationEdit = { look?: string; seed?: string };

/** Saves what `edit` names; an empty text, and a seed of "0", give a field back to the studio. */
export async function saveCastMember(id: string, member: CastMember, edit: CastEdit): Promise<void> {
  const path = { project: id, castMember: idOf(member.name) };
  const params = { path, query: { updateMask: Object.keys(edit).join(",") } };
  const body = { ...edit, etag: member.etag };
  await answer(api.PATCH("/api/v1/projects/{project}/castMembers/{castMember}", { params, body }));
}

export async function saveLocation(id: string, place: Location, edit: LocationEdit): Promise<void> {
  const path = { project: id, location: idOf(place.name) };
  const params = { path, query: { updateMask: Object.keys(edit).join(",") } };
  const body = { ...edit, etag: place.etag };
  await answer(api.PATCH("/api/v1/projects/{project}/locations/{location}", { params, body }));
}

/** What a voice is heard by: a read of one shot. Its speech is kept, so the film needs no other. */
export function hearingOf(shot: string): RenderOptions {
  return { target: "TARGET_TABLE_READ", selection: { shotIds: [shot] } };
}

/** Whether a job was only made to hear a voice. */
export function isHearing({ options }: Job): boolean {
  return options?.target === "TARGET_TABLE_READ" && options.selection?.shotIds.length === 1;
}

/** The address of the line that a hearing made. */
export const heardQuery = (job: string) =>
  queryOptions({
    queryKey: ["heard", job],
    staleTime: KEPT_MS,
    queryFn: async () => {
      const query = { pageSize: PAGE_SIZE };
      const { tasks } = await answer(api.GET("/api/v1/jobs/{job}/tasks", { params: { path: { job }, query } }));
      const line = tasks.find((task) => task.kind === "TASK_KIND_SPEECH");
      const of = line ? { task: Number(idOf(line.name)) } : {};
      const params = { path: { job }, query: of };
      return (await answer(api.GET("/api/v1/jobs/{job}/download-url", { params }))).url;
    },
  });
