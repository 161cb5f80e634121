/** What the workspace may use, and what it does. */
import { useQuery } from "@tanstack/react-query";

import { quotaQuery } from "../../api/account";
import { FaultNotice, Waiting } from "../../parts/Notice";
import { whole } from "../../words/forms";
import { useWords } from "../../words/words";

const ALLOWANCES = ["unfinishedJobs", "shotsPerFilm", "gpuSeconds"] as const;

export function QuotaView() {
  const words = useWords();
  const quota = useQuery(quotaQuery);
  if (quota.isPending) return <Waiting />;
  if (quota.isError) return <FaultNotice error={quota.error} retry={() => void quota.refetch()} />;
  return (
    <dl className="grid gap-4 sm:grid-cols-3">
      {ALLOWANCES.map((name) => {
        const limit = whole(quota.data[name]?.limit);
        const used = whole(quota.data[name]?.used);
        const told = limit ? String(limit) : words.account.unlimited;
        return (
          <div key={name} className="rounded-lg bg-raised p-4 ring-1 ring-line">
            <dt className="text-sm text-soft">{words.account.allowances[name]}</dt>
            <dd className="mt-1 text-xl font-semibold tabular-nums">
              {name === "shotsPerFilm" ? told : `${used} / ${told}`}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
