/** The way to the API: typed by its description, signed by the session's cookies. */
import createClient from "openapi-fetch";

import { useSession } from "../session/session";
import { useWorkspace, workspaceHeaders } from "../session/workspace";
import type { Answer } from "./answers";
import { awayFault, faultOf } from "./fault";
import type { paths } from "./schema";

/** Without it a change by a cookie's session is refused; see docs/accounts.md. */
export const SESSION_HEADERS = { "x-film-session": "cookie" };

export const api = createClient<paths>({ headers: SESSION_HEADERS, fetch: signed });

/** Sends a request; one that the session's end refused is sent once more after a renewal. */
async function signed(request: Request): Promise<Response> {
  for (const [name, value] of Object.entries(workspaceHeaders())) request.headers.set(name, value);
  const again = request.clone();
  const response = await sent(request);
  if (response.status !== 401) return response;
  return (await useSession.getState().renew()) ? sent(again) : response;
}

async function sent(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    throw awayFault(error);
  }
}

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer of a call. Throws Fault. Who was taken out of the workspace is in their own again. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<Answer<T>> {
  const { data, error, response } = await call;
  if (data !== undefined) return data as Answer<T>;
  const fault = faultOf(error, response);
  if (fault.reason === "WORKSPACE_NOT_FOUND") useWorkspace.getState().choose("");
  throw fault;
}

interface Page {
  nextPageToken: string;
}

/** All pages of a list, at most `pagesMax` of them. */
export async function allPages<P extends Page, E>(
  page: (pageToken: string) => Promise<P>,
  items: (page: P) => E[],
  pagesMax = 60,
): Promise<E[]> {
  const found: E[] = [];
  let token = "";
  for (let number = 0; number < pagesMax; number += 1) {
    const got = await page(token);
    found.push(...items(got));
    token = got.nextPageToken;
    if (!token) break;
  }
  return found;
}

/** The last part of a resource's name: "jobs/7" is "7". */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
