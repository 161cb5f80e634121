/** Addresses that are told when a render ends, and what came of it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { createWebhook, deleteWebhook, deliveriesQuery, webhooksQuery } from "../../api/account";
import type { Webhook } from "../../api/answers";
import { idOf } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { CopyField } from "../../parts/CopyField";
import { Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { when } from "../../words/forms";
import { useWords } from "../../words/words";

export function Webhooks() {
  const words = useWords();
  const known = useQueryClient();
  const webhooks = useQuery(webhooksQuery);
  const [url, setUrl] = useState("");
  const refresh = (): void => void known.invalidateQueries({ queryKey: ["webhooks"] });
  const making = useMutation({ mutationFn: () => createWebhook(url), onSuccess: refresh });
  const removal = useMutation({ mutationFn: deleteWebhook, onSuccess: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  const error = making.error ?? removal.error ?? webhooks.error;
  return (
    <>
      <ul className="mb-5 divide-y divide-line">
        {webhooks.data?.map((webhook) => (
          <li key={webhook.name} className="py-2">
            <div className="flex flex-wrap items-center gap-3">
              <span className="mr-auto min-w-0 break-all">{webhook.displayName || webhook.url}</span>
              <button type="button" className="button" onClick={() => removal.mutate(webhook)}>
                {words.common.remove}
              </button>
            </div>
            {webhook.disabled && <p className="text-sm text-bad">{webhook.disabledReason || words.account.disabled}</p>}
            <Deliveries webhook={webhook} />
          </li>
        ))}
      </ul>
      {making.data ? (
        <CopyField label={words.account.secretOnce} value={making.data} />
      ) : (
        <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_auto]">
          <Field
            label={words.account.address}
            type="url"
            placeholder="https://"
            required
            maxLength={2000}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
          <button type="submit" className="button min-h-11" disabled={making.isPending}>
            {words.account.newWebhook}
          </button>
        </form>
      )}
      {error && <FaultNotice error={error} />}
    </>
  );
}

function Deliveries({ webhook }: { webhook: Webhook }) {
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const [isOpen, setOpen] = useState(false);
  const deliveries = useQuery({ ...deliveriesQuery(idOf(webhook.name)), enabled: isOpen });
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="text-sm text-soft">{words.account.messages}</summary>
      {deliveries.data?.length === 0 && <p className="text-sm text-soft">{words.account.noMessages}</p>}
      <ul className="text-sm">
        {deliveries.data?.map((delivery) => (
          <li key={delivery.name} className="flex flex-wrap gap-x-4">
            <span>{when(delivery.createTime, language)}</span>
            <span>{delivery.eventType}</span>
            <span className="text-soft">{words.account.deliveries[delivery.state]}</span>
            <span className="text-soft">{delivery.attempts.at(-1)?.status || delivery.attempts.at(-1)?.error}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
