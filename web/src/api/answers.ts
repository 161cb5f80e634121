/**
 * The types of answers. The API writes every field of an answer, with its default; only messages and times that
 * are not set are left out. Its description can't say so, for the same types are sent in requests.
 */
import type { components } from "./schema";

type Present<T> = {
  [K in keyof T]-?: K extends `${string}Time`
    ? never
    : NonNullable<T[K]> extends readonly unknown[]
      ? K
      : NonNullable<T[K]> extends object
        ? never
        : K;
}[keyof T];

export type Answer<T> = T extends readonly (infer E)[]
  ? Answer<E>[]
  : T extends object
    ? { [K in Present<T>]-?: Answer<NonNullable<T[K]>> } & {
        [K in Exclude<keyof T, Present<T>>]?: Answer<NonNullable<T[K]>>;
      }
    : T;

export type Schemas = components["schemas"];
type Of<Name extends keyof Schemas> = Answer<Schemas[Name]>;

export type Approval = Of<"Approval">;
export type Asset = Schemas["Asset"];
export type ApiKey = Of<"ApiKey">;
export type CameraMove = Schemas["CameraMove"];
export type CastMember = Of<"CastMember">;
export type Comment = Of<"Comment">;
export type Diagnostic = Of<"Diagnostic">;
export type Failure = Of<"Failure">;
export type Invitation = Of<"Invitation">;
export type Job = Of<"Job">;
export type JobEvent = Of<"JobEvent">;
export type JobState = Schemas["JobState"];
export type LibraryEntry = Of<"LibraryEntry">;
export type LibraryUse = Of<"LibraryUse">;
export type Location = Of<"Location">;
export type Member = Of<"Member">;
export type Parsed = Of<"ParseScreenplayResponse">;
export type Project = Of<"Project">;
export type Quota = Of<"Quota">;
export type Replacement = Of<"Replacement">;
export type RenderOptions = Schemas["RenderOptions"];
export type RenderPlan = Of<"RenderPlan">;
export type Revision = Of<"ScreenplayRevision">;
export type SceneOutline = Of<"SceneOutline">;
export type Share = Of<"Share">;
export type Shot = Of<"Shot">;
export type StageProgress = Of<"StageProgress">;
export type Take = Of<"Take">;
export type TakeSettings = Schemas["TakeSettings"];
export type Template = Of<"Template">;
export type Timeline = Of<"Timeline">;
export type TimelineScene = Of<"TimelineScene">;
export type TimelineShot = Of<"TimelineShot">;
export type Translation = Of<"Translation">;
export type User = Of<"User">;
export type Watched = Of<"WatchJobResponse">;
export type Webhook = Of<"Webhook">;
export type WebhookDelivery = Of<"WebhookDelivery">;
export type Workspace = Of<"Workspace">;
