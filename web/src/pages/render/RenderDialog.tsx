/** What a render would make, how long it takes and what it costs, before it starts. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";

import type { Job } from "../../api/answers";
import { idOf } from "../../api/client";
import { planQuery, startRender } from "../../api/jobs";
import { jobsQuery } from "../../api/projects";
import { Choice, Tick } from "../../parts/Field";
import { Modal } from "../../parts/Modal";
import { FaultNotice, Waiting } from "../../parts/Notice";
import { useSettled } from "../../parts/settled";
import { useWords } from "../../words/words";
import { type Choices, choicesAfter, optionsOf, TARGETS } from "./choices";
import { MoreOptions } from "./MoreOptions";
import { PlanView } from "./PlanView";
import { ASPECT_NAMES, type Aspect, aspectOf, sizeIn, sizesBeside } from "./sizes";

const SETTLED_MS = 300;

interface Props {
  id: string;
  close: () => void;
}

export function RenderDialog({ id, close }: Props) {
  const words = useWords();
  const jobs = useQuery(jobsQuery(id));
  return (
    <Modal title={words.render.title} close={close} isWide>
      {jobs.isPending ? <Waiting /> : <Form id={id} newest={jobs.data?.[0]} close={close} />}
    </Modal>
  );
}

function Form({ id, newest, close }: Props & { newest: Job | undefined }) {
  const words = useWords();
  const [, go] = useLocation();
  const known = useQueryClient();
  const [given, setGiven] = useState(() => choicesAfter(newest));
  const [requestId] = useState(() => crypto.randomUUID());
  const options = optionsOf(given);
  const settled = useSettled(given, SETTLED_MS);
  const plan = useQuery(planQuery(id, optionsOf(settled)));
  const start = useMutation({
    mutationFn: () => startRender(id, options, requestId),
    onSuccess: (job) => {
      void known.invalidateQueries({ queryKey: ["jobs", id] });
      close();
      go(`/projects/${id}/film?job=${idOf(job.name)}`);
    },
  });
  const isBlocked = settled !== given || !plan.isSuccess || plan.data.obstacles.length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
      className="space-y-6"
    >
      <TargetChoice target={given.target} choose={(target) => setGiven({ ...given, target })} />
      <div className="grid gap-4 sm:grid-cols-3">
        <Choice
          label={words.options.aspect}
          value={aspectOf(given.size) ?? ""}
          onChange={(event) => setGiven({ ...given, size: sizeIn(event.target.value as Aspect, given.size) })}
          options={[...(aspectOf(given.size) ? [] : [["", ""] as const]), ...ASPECT_NAMES.map((each) => [each, each] as const)]}
        />
        <Choice
          label={words.render.size}
          value={given.size}
          onChange={(event) => setGiven({ ...given, size: event.target.value })}
          options={sizesBeside(given.size).map((size) => [size, words.render.sizeOf(size)])}
        />
        <Choice
          label={words.render.quality}
          value={given.quality}
          onChange={(event) => setGiven({ ...given, quality: event.target.value as Choices["quality"] })}
          options={[
            ["QUALITY_FULL", words.render.full],
            ["QUALITY_PROXY", words.render.proxy],
          ]}
        />
      </div>
      <Tick
        label={words.render.narrate}
        checked={given.narrate}
        onChange={(event) => setGiven({ ...given, narrate: event.target.checked })}
      />
      <MoreOptions project={id} given={given} choose={setGiven} leave={close} />
      {plan.isPending && <p className="animate-pulse text-soft">{words.render.planning}</p>}
      {plan.isError && <FaultNotice error={plan.error} retry={() => void plan.refetch()} />}
      {plan.isSuccess && <PlanView project={id} plan={plan.data} leave={close} />}
      {start.isError && <FaultNotice error={start.error} />}
      <button type="submit" className="button button-chief w-full" disabled={isBlocked || start.isPending}>
        {words.render.start}
      </button>
    </form>
  );
}

interface TargetProps {
  target: Choices["target"];
  choose: (target: Choices["target"]) => void;
}

function TargetChoice({ target: chosen, choose }: TargetProps) {
  const words = useWords();
  return (
    <fieldset className="grid gap-2 sm:grid-cols-2">
      <legend className="mb-1 text-sm text-soft">{words.render.target}</legend>
      {TARGETS.map((target) => (
        <label
          key={target}
          className="flex cursor-pointer items-start gap-3 rounded-lg border border-line p-3 has-checked:border-accent"
        >
          <input
            type="radio"
            name="target"
            className="mt-1.5 accent-accent"
            checked={chosen === target}
            onChange={() => choose(target)}
          />
          <span>
            <span className="block font-medium">{words.render.targets[target].name}</span>
            <span className="block text-sm text-soft">{words.render.targets[target].what}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
