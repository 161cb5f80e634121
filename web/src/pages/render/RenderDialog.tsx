/** What a render would make, how long it takes and what it costs, before it starts. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";

import type { Job, RenderOptions } from "../../api/answers";
import { idOf } from "../../api/client";
import { planQuery, startRender } from "../../api/jobs";
import { jobsQuery } from "../../api/projects";
import { Choice } from "../../parts/Field";
import { Modal } from "../../parts/Modal";
import { FaultNotice, Waiting } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { PlanView } from "./PlanView";

export const SIZES = [
  [640, 360],
  [1280, 720],
  [1920, 1080],
  [1280, 536],
  [720, 1280],
  [1080, 1080],
] as const;
const TARGETS = ["TARGET_STORYBOARD", "TARGET_ANIMATIC", "TARGET_FILM", "TARGET_TABLE_READ"] as const;
const SIZE = "1280x720";

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
  const plan = useQuery(planQuery(id, options));
  const start = useMutation({
    mutationFn: () => startRender(id, options, requestId),
    onSuccess: (job) => {
      void known.invalidateQueries({ queryKey: ["jobs", id] });
      close();
      go(`/projects/${id}/film?job=${idOf(job.name)}`);
    },
  });
  const isBlocked = !plan.isSuccess || plan.data.obstacles.length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
      className="space-y-6"
    >
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
              checked={given.target === target}
              onChange={() => setGiven({ ...given, target })}
            />
            <span>
              <span className="block font-medium">{words.render.targets[target].name}</span>
              <span className="block text-sm text-soft">{words.render.targets[target].what}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label={words.render.size}
          value={given.size}
          onChange={(event) => setGiven({ ...given, size: event.target.value })}
          options={sizesWith(given.size).map((size) => [size, words.render.sizeOf(size)])}
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
      <label className="flex items-center gap-3">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={given.narrate}
          onChange={(event) => setGiven({ ...given, narrate: event.target.checked })}
        />
        {words.render.narrate}
      </label>
      {plan.isPending && <p className="animate-pulse text-soft">{words.render.planning}</p>}
      {plan.isError && <FaultNotice error={plan.error} retry={() => void plan.refetch()} />}
      {plan.isSuccess && <PlanView plan={plan.data} />}
      {start.isError && <FaultNotice error={start.error} />}
      <button type="submit" className="button button-chief w-full" disabled={isBlocked || start.isPending}>
        {words.render.start}
      </button>
    </form>
  );
}

interface Choices {
  target: (typeof TARGETS)[number];
  size: string;
  quality: "QUALITY_FULL" | "QUALITY_PROXY";
  narrate: boolean;
}

/** What was chosen last; the first render of all is of its stills. */
function choicesAfter(newest: Job | undefined): Choices {
  const last = newest?.options;
  const size = last?.size ? `${last.size.widthPx}x${last.size.heightPx}` : SIZE;
  const target = TARGETS.find((each) => each === last?.target) ?? "TARGET_STORYBOARD";
  return {
    target: newest?.state === "JOB_STATE_COMPLETED" && target === "TARGET_STORYBOARD" ? "TARGET_FILM" : target,
    size,
    quality: last?.quality === "QUALITY_PROXY" ? "QUALITY_PROXY" : "QUALITY_FULL",
    narrate: last?.narrate ?? true,
  };
}

export function optionsOf({ target, size, quality, narrate }: Choices): RenderOptions {
  const [widthPx = 0, heightPx = 0] = size.split("x").map(Number);
  return { target, size: { widthPx, heightPx }, quality, narrate };
}

function sizesWith(size: string): string[] {
  const known = SIZES.map(([width, height]) => `${width}x${height}`);
  return known.includes(size) ? known : [size, ...known];
}
