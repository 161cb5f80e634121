/** A plan: what is there already, what would be made, how long that takes, what it costs. */
import { Link } from "wouter";

import type { RenderPlan } from "../../api/answers";
import { usePreferences } from "../../app/preferences";
import { lasting, money, whole } from "../../words/forms";
import { useWords } from "../../words/words";

const SHOTS_SHOWN_MAX = 8;

/** Where what stands in the way is mended, by the beginning of its reason. */
const MENDED_AT = [
  ["SCREENPLAY_TRANSLATION", "languages"],
  ["SCREENPLAY_", "script"],
] as const;

interface Props {
  project: string;
  plan: RenderPlan;
  /** Closes the dialogue for another page. */
  leave: () => void;
}

export function PlanView({ project, plan, leave }: Props) {
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const { total, wallMs, diff } = plan;
  const cost = whole(total?.costMicros?.expected);
  const changed = diff?.shots.filter((shot) => shot.change !== "SHOT_CHANGE_GONE") ?? [];
  return (
    <section aria-label={words.render.plan} className="rounded-lg bg-sunk p-4">
      {plan.obstacles.map((obstacle) => (
        <p key={obstacle.reason + obstacle.message} role="alert" className="mb-3 text-bad">
          {obstacle.message} <Mend project={project} reason={obstacle.reason} leave={leave} />
        </p>
      ))}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
        <Figure name={words.render.toMake} value={String(total?.runs ?? 0)} />
        <Figure name={words.render.perhaps} value={String(total?.runsUnlessEqual ?? 0)} />
        <Figure name={words.render.there} value={`${total?.cached ?? 0} / ${total?.tasks ?? 0}`} />
        <Figure
          name={words.render.takes}
          value={lasting(whole(wallMs?.expected))}
          note={`${lasting(whole(wallMs?.low))} – ${lasting(whole(wallMs?.high))}`}
        />
        {cost > 0 && <Figure name={words.render.cost} value={money(cost, plan.currency, language)} />}
      </dl>
      {diff?.job && (
        <div className="mt-4 text-sm">
          <p className="text-soft">{words.render.unchanged(diff.unchanged)}</p>
          <ul className="mt-1">
            {changed.slice(0, SHOTS_SHOWN_MAX).map((shot) => (
              <li key={shot.shotId} className="truncate">
                {shot.displayName}
                <span className="text-soft">: {shot.causes.map((each) => words.render.causes[each.cause]).join(", ") || words.render.changes[shot.change]}</span>
              </li>
            ))}
          </ul>
          {changed.length > SHOTS_SHOWN_MAX && <p className="text-soft">{words.render.andMore(changed.length - SHOTS_SHOWN_MAX)}</p>}
        </div>
      )}
    </section>
  );
}

function Mend({ project, reason, leave }: { project: string; reason: string; leave: () => void }) {
  const words = useWords();
  const page = MENDED_AT.find(([beginning]) => reason.startsWith(beginning))?.[1];
  if (page === undefined) return null;
  return (
    <Link href={`/projects/${project}/${page}`} onClick={leave} className="link">
      {words.project[page]}
    </Link>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <dt className="text-sm text-soft">{name}</dt>
      <dd className="text-xl font-semibold tabular-nums">{value}</dd>
      {note && <dd className="text-xs text-soft tabular-nums">{note}</dd>}
    </div>
  );
}
