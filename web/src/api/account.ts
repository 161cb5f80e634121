/** The account: keys for programs, quota, webhooks, password. */
import { queryOptions } from "@tanstack/react-query";

import type { ApiKey, Webhook } from "./answers";
import { answer, api, idOf } from "./client";

const DAY_MS = 86_400_000;

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async () => (await answer(api.GET("/api/v1/apiKeys", { params: { query: { pageSize: 100 } } }))).apiKeys,
});

export const quotaQuery = queryOptions({
  queryKey: ["quota"],
  queryFn: () => answer(api.GET("/api/v1/quota")),
});

export const webhooksQuery = queryOptions({
  queryKey: ["webhooks"],
  queryFn: async () => (await answer(api.GET("/api/v1/webhooks"))).webhooks,
});

export const deliveriesQuery = (webhook: string) =>
  queryOptions({
    queryKey: ["deliveries", webhook],
    queryFn: async () => {
      const params = { path: { webhook }, query: { pageSize: 10 } };
      return (await answer(api.GET("/api/v1/webhooks/{webhook}/deliveries", { params }))).deliveries;
    },
  });

/** The new key's secret, which is told this once. */
export async function createKey(displayName: string, days: number): Promise<string> {
  const expireTime = new Date(Date.now() + days * DAY_MS).toISOString();
  return (await answer(api.POST("/api/v1/apiKeys", { body: { apiKey: { displayName, expireTime } } }))).secret;
}

export async function revokeKey(key: ApiKey): Promise<void> {
  await answer(api.DELETE("/api/v1/apiKeys/{apiKey}", { params: { path: { apiKey: idOf(key.name) } } }));
}

/** The secret that its messages are signed by, which is told this once. */
export async function createWebhook(url: string): Promise<string> {
  return (await answer(api.POST("/api/v1/webhooks", { body: { url } }))).secret;
}

export async function deleteWebhook(webhook: Webhook): Promise<void> {
  await answer(api.DELETE("/api/v1/webhooks/{webhook}", { params: { path: { webhook: idOf(webhook.name) } } }));
}

export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await answer(api.POST("/api/v1/auth/password", { body: { currentPassword, newPassword } }));
}
