/** A project's screenplay: its text, what the parser says of it, its revisions. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { Parsed, Revision } from "./answers";
import { fromBase64, toBase64 } from "./base64";
import { answer, api, idOf } from "./client";

export interface ScriptText {
  text: string;
  /** The newest revision's name; empty if there is none. */
  revision: string;
  /** Whether the text is a Fountain made of another format. */
  isConverted: boolean;
  etag: string;
}

const CONVERTED = new Set(["SCREENPLAY_FORMAT_FDX", "SCREENPLAY_FORMAT_JSON"]);

/** The newest text with the project's etag, read as one. */
export async function readScript(id: string): Promise<ScriptText> {
  const project = await answer(api.GET("/api/v1/projects/{project}", { params: { path: { project: id } } }));
  const name = project.latestRevision;
  if (!name) return { text: "", revision: "", isConverted: false, etag: project.etag };
  const path = { project: id, revision: idOf(name) };
  const revision = await answer(api.GET("/api/v1/projects/{project}/revisions/{revision}", { params: { path } }));
  const isConverted = CONVERTED.has(revision.format) || /^\s*(<\?xml|<FinalDraft|\{)/.test(fromBase64(revision.content).slice(0, 200));
  const text = isConverted ? await exported(id, idOf(name)) : fromBase64(revision.content);
  return { text, revision: name, isConverted, etag: project.etag };
}

async function exported(project: string, revision: string): Promise<string> {
  const query = { format: "SCREENPLAY_FORMAT_FOUNTAIN" as const };
  const params = { path: { project, revision }, query };
  return fromBase64((await answer(api.GET("/api/v1/projects/{project}/revisions/{revision}:export", { params }))).content);
}

/** Saves a new revision. Throws a Fault that is a conflict if the project is not the one of `etag` any more. */
export async function saveScript(id: string, text: string, etag: string): Promise<Revision> {
  return answer(
    api.POST("/api/v1/projects/{project}/revisions", {
      params: { path: { project: id } },
      body: { content: toBase64(text), etag },
    }),
  );
}

export const parsedQuery = (text: string) =>
  queryOptions({
    queryKey: ["parsed", text],
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 30_000,
    queryFn: ({ signal }): Promise<Parsed> =>
      answer(api.POST("/api/v1/screenplays:parse", { body: { content: toBase64(text) }, signal })),
  });

export const revisionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["revisions", id],
    queryFn: async () => {
      const params = { path: { project: id }, query: { pageSize: 30 } };
      return (await answer(api.GET("/api/v1/projects/{project}/revisions", { params }))).revisions;
    },
  });

export const changesQuery = (id: string, base: string, target: string) =>
  queryOptions({
    queryKey: ["changes", id, base, target],
    staleTime: Infinity,
    queryFn: async () => {
      const params = {
        path: { project: id, revision: idOf(target) },
        query: { base },
      };
      const { changes } = await answer(api.GET("/api/v1/projects/{project}/revisions/{revision}:diff", { params }));
      return changes.filter((change) => change.kind !== "SCENE_CHANGE_KIND_UNCHANGED");
    },
  });

export async function textOfRevision(revision: string): Promise<string> {
  const [, project = "", , number = ""] = revision.split("/");
  const path = { project, revision: number };
  return fromBase64(
    (await answer(api.GET("/api/v1/projects/{project}/revisions/{revision}", { params: { path } }))).content,
  );
}
