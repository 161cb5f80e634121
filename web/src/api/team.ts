/** Workspaces and who is in them. */
import { queryOptions } from "@tanstack/react-query";

import type { Invitation, Member, Schemas, Workspace } from "./answers";
import { allPages, answer, api, idOf } from "./client";

const PAGE_SIZE = 100;

export const ROLES = ["MEMBER_ROLE_VIEWER", "MEMBER_ROLE_REVIEWER", "MEMBER_ROLE_EDITOR", "MEMBER_ROLE_OWNER"] as const;
export type Role = (typeof ROLES)[number];

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  staleTime: 60_000,
  queryFn: () =>
    allPages(
      (pageToken) => answer(api.GET("/api/v1/workspaces", { params: { query: { pageSize: PAGE_SIZE, pageToken } } })),
      (page) => page.workspaces,
    ),
});

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: () =>
    allPages(
      (pageToken) => answer(api.GET("/api/v1/members", { params: { query: { pageSize: PAGE_SIZE, pageToken } } })),
      (page) => page.members,
    ),
});

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: () =>
    allPages(
      (pageToken) => answer(api.GET("/api/v1/invitations", { params: { query: { pageSize: PAGE_SIZE, pageToken } } })),
      (page) => page.invitations,
    ),
});

export async function createWorkspace(displayName: string): Promise<Workspace> {
  return answer(api.POST("/api/v1/workspaces", { body: { displayName } }));
}

export async function setRole(member: Member, role: Role): Promise<void> {
  const params = { path: { member: idOf(member.name) } };
  await answer(api.PATCH("/api/v1/members/{member}", { params, body: { role } }));
}

export async function removeMember(member: Member): Promise<void> {
  await answer(api.DELETE("/api/v1/members/{member}", { params: { path: { member: idOf(member.name) } } }));
}

/** The invitation's token, which is told this once. */
export async function invite(email: string, role: Schemas["MemberRole"]): Promise<string> {
  return (await answer(api.POST("/api/v1/invitations", { body: { invitation: { email, role } } }))).token;
}

export async function takeBack(invitation: Invitation): Promise<void> {
  const params = { path: { invitation: idOf(invitation.name) } };
  await answer(api.DELETE("/api/v1/invitations/{invitation}", { params }));
}

export async function acceptInvitation(token: string): Promise<void> {
  await answer(api.POST("/api/v1/invitations:accept", { body: { token } }));
}
