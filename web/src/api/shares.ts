/** Links to films. */
import { queryOptions } from "@tanstack/react-query";

import type { Job, Share } from "./answers";
import { answer, api, idOf } from "./client";

export const sharesQuery = queryOptions({
  queryKey: ["shares"],
  queryFn: async () =>
    (await answer(api.GET("/api/v1/shares", { params: { query: { pageSize: 100 } } }))).shares,
});

/** A link that lasts `days`, or until it is revoked where that is 0. Its address is told this once. */
export async function createShare(job: Job, days: number, password: string): Promise<Share> {
  const body = { job: job.name, ...(days > 0 && { hours: days * 24 }), ...(password && { password }) };
  return answer(api.POST("/api/v1/shares", { body }));
}

export async function revokeShare(share: Share): Promise<void> {
  await answer(api.POST("/api/v1/shares/{share}:revoke", { params: { path: { share: idOf(share.name) } }, body: {} }));
}
