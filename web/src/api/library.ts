/** What the films of a workspace share, and what a project uses of it. */
import { queryOptions } from "@tanstack/react-query";

import type { LibraryEntry, Schemas } from "./answers";
import { allPages, answer, api, idOf } from "./client";
import type { Brought } from "./uploads";

const PAGE_SIZE = 200;

export type LibraryContent = Schemas["LibraryContent"];
/** Kinds as uses name them. */
export type LibraryKind = "character" | "place" | "voice" | "look" | "caption_style" | "brand_kit" | "music";

const FIELDS: readonly (readonly [keyof LibraryContent, LibraryKind])[] = [
  ["character", "character"],
  ["place", "place"],
  ["voice", "voice"],
  ["look", "look"],
  ["captionStyle", "caption_style"],
  ["brandKit", "brand_kit"],
  ["music", "music"],
];

export function kindOf(entry: LibraryEntry): LibraryKind | undefined {
  return FIELDS.find(([field]) => entry.content?.[field] !== undefined)?.[1];
}

export const libraryQuery = queryOptions({
  queryKey: ["library"],
  queryFn: () =>
    allPages(
      (pageToken) =>
        answer(api.GET("/api/v1/libraryEntries", { params: { query: { pageSize: PAGE_SIZE, pageToken } } })),
      (page) => page.entries,
    ),
});

export const libraryUsesQuery = (project: string) =>
  queryOptions({
    queryKey: ["library-uses", project],
    queryFn: async () =>
      (await answer(api.GET("/api/v1/projects/{project}/library", { params: { path: { project } } }))).uses,
  });

/** Keeps a content under a name: as a new entry, or as the next version of the one that has the name. */
export async function keepInLibrary(displayName: string, content: LibraryContent, known: readonly LibraryEntry[]): Promise<void> {
  const entry = known.find((each) => each.displayName === displayName);
  if (entry === undefined) {
    await answer(api.POST("/api/v1/libraryEntries", { body: { displayName, content } }));
    return;
  }
  const params = { path: { libraryEntrie: idOf(entry.name) } };
  await answer(api.POST("/api/v1/libraryEntries/{libraryEntrie}:addVersion", { params, body: { content } }));
}

/** A file as a version is told to hold it. */
export type LibraryFile = Schemas["LibraryFile"];
export type FileField = "logo" | "titleFont" | "textFont";

/** Lets the studio look at a file that a version shall hold. */
export async function bringLibraryFile(kind: "LOGO" | "FONT" | "MUSIC", { source, credit, showsPeople }: Brought): Promise<LibraryFile> {
  const body = { kind: `LIBRARY_FILE_KIND_${kind}` as const, ...source, credit, showsPeople };
  return (await answer(api.POST("/api/v1/libraryFiles:bring", { body }))) as LibraryFile;
}

export async function removeFromLibrary(entry: LibraryEntry): Promise<void> {
  const params = { path: { libraryEntrie: idOf(entry.name) } };
  await answer(api.DELETE("/api/v1/libraryEntries/{libraryEntrie}", { params }));
}

export async function giveLibraryVersion(project: string, subject: string, version: string): Promise<void> {
  const params = { path: { project } };
  await answer(api.POST("/api/v1/projects/{project}/library:use", { params, body: { subject, version } }));
}

export async function dropLibraryUse(project: string, subject: string, kind: LibraryKind): Promise<void> {
  const params = { path: { project } };
  await answer(api.POST("/api/v1/projects/{project}/library:drop", { params, body: { subject, kind } }));
}
