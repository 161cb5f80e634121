/** A project's shots: settings, takes, locks, and what people say of them. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";

import type { Comment, Schemas, Shot, Take, TakeSettings, Timeline, TimelineScene, TimelineShot } from "./answers";
import { allPages, answer, api, idOf } from "./client";
import type { Brought } from "./uploads";

const PAGE_SIZE = 100;

export const shotsQuery = (id: string) =>
  queryOptions({
    queryKey: ["shots", id],
    queryFn: () =>
      allPages(
        (pageToken) => {
          const params = { path: { project: id }, query: { pageSize: PAGE_SIZE, pageToken } };
          return answer(api.GET("/api/v1/projects/{project}/shots", { params }));
        },
        (page) => page.shots,
      ),
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ["timeline", id],
    queryFn: () => answer(api.GET("/api/v1/projects/{project}/timeline", { params: { path: { project: id } } })),
  });

export const takesQuery = (id: string, shot: string) =>
  queryOptions({
    queryKey: ["takes", id, shot],
    staleTime: 8 * 60_000,
    queryFn: async () => {
      const path = { project: id, shot };
      return (await answer(api.GET("/api/v1/projects/{project}/shots/{shot}/takes", { params: { path } }))).takes;
    },
  });

/** The still of the chosen take, or else the newest that there is. */
export function stillOf(takes: readonly Take[] | undefined): Take["artifacts"][number] | undefined {
  const chosen = takes?.find((take) => take.chosen);
  return (
    chosen?.artifacts.find((each) => each.kind === "TASK_KIND_STILL") ??
    takes?.flatMap((take) => take.artifacts).findLast((each) => each.kind === "TASK_KIND_STILL")
  );
}

export const approvalsQuery = (id: string) =>
  queryOptions({
    queryKey: ["approvals", id],
    queryFn: () =>
      allPages(
        (pageToken) => {
          const params = { path: { project: id }, query: { pageSize: PAGE_SIZE, pageToken } };
          return answer(api.GET("/api/v1/projects/{project}/approvals", { params }));
        },
        (page) => page.approvals,
      ),
  });

export const commentsQuery = (id: string) =>
  queryOptions({
    queryKey: ["comments", id],
    queryFn: () =>
      allPages(
        (pageToken) => {
          const params = { path: { project: id }, query: { pageSize: PAGE_SIZE, pageToken } };
          return answer(api.GET("/api/v1/projects/{project}/comments", { params }));
        },
        (page) => page.comments,
      ),
  });

const EDITED = ["edits", "shots", "timeline", "takes", "cast", "locations", "library-uses", "approvals", "comments"];

/** Reads anew what an edit of a project may have changed; the plan, which takes longest, is not waited for. */
export async function refreshEdited(known: QueryClient, id: string): Promise<void> {
  await Promise.all(EDITED.map((key) => known.invalidateQueries({ queryKey: [key, id] })));
  void known.invalidateQueries({ queryKey: ["plan", id] });
}

/** What undo and redo would take. */
export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ["edits", id],
    queryFn: () => {
      const params = { path: { project: id }, query: { pageSize: 1 } };
      return answer(api.GET("/api/v1/projects/{project}/edits", { params }));
    },
  });

export async function stepHistory(id: string, step: "undo" | "redo", newestEdit: string): Promise<void> {
  const given = { params: { path: { project: id } }, body: { newestEdit } };
  await (step === "undo"
    ? answer(api.POST("/api/v1/projects/{project}/edits:undo", given))
    : answer(api.POST("/api/v1/projects/{project}/edits:redo", given)));
}

export async function setLock(id: string, shot: string, isLocked: boolean): Promise<void> {
  const given = { params: { path: { project: id, shot } }, body: {} };
  await (isLocked
    ? answer(api.POST("/api/v1/projects/{project}/timeline/shots/{shot}:lock", given))
    : answer(api.POST("/api/v1/projects/{project}/timeline/shots/{shot}:unlock", given)));
}

export async function retake(id: string, shot: Shot): Promise<Shot> {
  const params = { path: { project: id, shot: idOf(shot.name) } };
  return answer(api.POST("/api/v1/projects/{project}/shots/{shot}:retake", { params, body: { etag: shot.etag } }));
}

export async function chooseTake(id: string, shot: Shot, take: string): Promise<void> {
  const params = { path: { project: id, shot: idOf(shot.name), take } };
  const body = { etag: shot.etag };
  await answer(api.POST("/api/v1/projects/{project}/shots/{shot}/takes/{take}:choose", { params, body }));
}

export async function saveSettings(id: string, shot: Shot, settings: TakeSettings): Promise<void> {
  const updateMask = Object.keys(settings)
    .map((field) => `settings.${field}`)
    .join(",");
  const params = { path: { project: id, shot: idOf(shot.name) }, query: { updateMask } };
  await answer(api.PATCH("/api/v1/projects/{project}/shots/{shot}", { params, body: { etag: shot.etag, settings } }));
}

/** Where a shot goes: next to another, or back to where it was written. */
export type Spot = { before: string } | { after: string } | Record<string, never>;

export async function moveShot(id: string, shot: TimelineShot, spot: Spot): Promise<void> {
  const params = { path: { project: id, shot: idOf(shot.name) } };
  const body = { ...spot, etag: shot.etag };
  await answer(api.POST("/api/v1/projects/{project}/timeline/shots/{shot}:move", { params, body }));
}

export async function saveCut(id: string, shot: TimelineShot, edit: Schemas["ShotEdit"]): Promise<void> {
  const updateMask = ["edit.headTrimMs", "edit.tailTrimMs", "edit.holdMs", "edit.transition"].join(",");
  const params = { path: { project: id, shot: idOf(shot.name) }, query: { updateMask } };
  const body = { etag: shot.etag, edit };
  await answer(api.PATCH("/api/v1/projects/{project}/timeline/shots/{shot}", { params, body }));
}

/** Lines and single sounds of a shot that are not as loud as the mix would have them. */
export async function saveLevels(id: string, shot: TimelineShot, edit: Pick<Schemas["ShotEdit"], "lines" | "effects">): Promise<void> {
  const params = { path: { project: id, shot: idOf(shot.name) }, query: { updateMask: "edit.lines,edit.effects" } };
  const body = { etag: shot.etag, edit };
  await answer(api.PATCH("/api/v1/projects/{project}/timeline/shots/{shot}", { params, body }));
}

export async function saveSceneLevels(id: string, scene: TimelineScene, edit: Schemas["SceneEdit"]): Promise<void> {
  const params = { path: { project: id, scene: idOf(scene.name) }, query: { updateMask: "edit.music,edit.effects" } };
  const body = { etag: scene.etag, edit };
  await answer(api.PATCH("/api/v1/projects/{project}/timeline/scenes/{scene}", { params, body }));
}

/** Puts a file in place of what the studio makes. */
export async function replaceMedia(id: string, target: Schemas["MediaTarget"], brought: Brought): Promise<void> {
  const { source, credit, showsPeople } = brought;
  const given = { params: { path: { project: id } }, body: { target, ...source, credit, showsPeople } };
  await answer(api.POST("/api/v1/projects/{project}/timeline:replaceMedia", given));
}

export async function restoreMedia(id: string, target: Schemas["MediaTarget"]): Promise<void> {
  const given = { params: { path: { project: id } }, body: { target } };
  await answer(api.POST("/api/v1/projects/{project}/timeline:restoreMedia", given));
}

export type TitleTexts = Record<"title" | "credit" | "author" | "endTitle", string>;

export async function saveTitles(id: string, before: Timeline["titles"], texts: TitleTexts): Promise<void> {
  const params = { path: { project: id }, query: { updateMask: Object.keys(texts).join(",") } };
  const body = { ...texts, etag: before?.etag ?? "" };
  await answer(api.PATCH("/api/v1/projects/{project}/timeline/titles", { params, body }));
}

export async function say(id: string, text: string, about: { shot: string } | { parent: string }): Promise<void> {
  await answer(
    api.POST("/api/v1/projects/{project}/comments", { params: { path: { project: id } }, body: { text, ...about } }),
  );
}

export async function resolve(id: string, comment: Comment, isResolved: boolean): Promise<void> {
  const params = { path: { project: id, comment: idOf(comment.name) } };
  const body = { reopen: !isResolved };
  await answer(api.POST("/api/v1/projects/{project}/comments/{comment}:resolve", { params, body }));
}

export async function decide(id: string, shot: string, isApproved: boolean, note: string): Promise<void> {
  const params = { path: { project: id, approval: shot } };
  await (isApproved
    ? answer(api.POST("/api/v1/projects/{project}/approvals/{approval}:approve", { params, body: { note } }))
    : answer(api.POST("/api/v1/projects/{project}/approvals/{approval}:requestChanges", { params, body: { note } })));
}
