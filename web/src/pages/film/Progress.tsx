/** A render that runs: how far each stage is, when it will be done, the stills as they are made. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { memo, useEffect, useState } from "react";

import type { Job, StageProgress } from "../../api/answers";
import { idOf } from "../../api/client";
import { taskDownloadQuery } from "../../api/downloads";
import { cancelJob } from "../../api/jobs";
import type { LiveTask, LiveTasks } from "../../api/live";
import { FaultNotice } from "../../parts/Notice";
import { JobStateMark } from "../../parts/JobStateMark";
import { lasting } from "../../words/forms";
import { useWords } from "../../words/words";

const RUNNING_SHOWN_MAX = 6;
const STILLS_SHOWN_MAX = 60;

export function Progress({ job, live }: { id: string; job: Job; live: LiveTasks }) {
  const words = useWords();
  const tasks = [...live.values()];
  const running = tasks.filter((task) => task.state === "TASK_STATE_RUNNING");
  const seen = running.filter((task) => task.preview !== "");
  const done = tasks.filter((task) => task.kind === "TASK_KIND_STILL" && task.state === "TASK_STATE_DONE" && !isOfBrand(task));
  const stills = done.slice(Math.max(done.length + seen.length - STILLS_SHOWN_MAX, 0));
  return (
    <div className="grid gap-8 lg:grid-cols-[24rem_minmax(0,1fr)]">
      <section aria-label={words.film.progress}>
        <h2 className="text-2xl font-semibold" aria-live="polite">
          <JobStateMark state={job.state} />
        </h2>
        <Remaining job={job} />
        {job.waitingForCapacity.map((wait) => (
          <p key={wait.pool} className="mt-2 text-warn">
            {words.film.waitsFor(idOf(wait.pool))}
          </p>
        ))}
        <ul className="mt-6 space-y-5">
          {job.stages.map((stage) => (
            <Stage key={stage.stage} stage={stage} />
          ))}
        </ul>
        <ul className="mt-6 space-y-1 text-sm text-soft" aria-label={words.film.now}>
          {running.slice(0, RUNNING_SHOWN_MAX).map((task) => (
            <li key={task.number} className="flex justify-between gap-3">
              <span className="truncate">{task.displayName}</span>
              {task.percent > 0 && <span className="tabular-nums">{task.percent} %</span>}
            </li>
          ))}
        </ul>
        <Cancel job={job} />
      </section>
      <ul className="grid grid-cols-2 content-start gap-3 sm:grid-cols-3 xl:grid-cols-4" aria-label={words.film.stills}>
        {stills.map((task) => (
          <Still key={task.number} job={idOf(job.name)} task={task} />
        ))}
        {seen.map((task) => (
          <Preview key={task.number} task={task} />
        ))}
      </ul>
    </div>
  );
}

/** A kit's logo and fonts are kept as stills are. */
function isOfBrand({ displayName }: LiveTask): boolean {
  return displayName.startsWith("brand ");
}

function Stage({ stage }: { stage: StageProgress }) {
  const words = useWords();
  const name = words.film.stages[stage.stage];
  return (
    <li>
      <div className="flex justify-between text-sm">
        <span className="font-medium">{name}</span>
        <span className="text-soft tabular-nums">
          {stage.skipped ? words.film.skipped : `${stage.done} / ${stage.total}`}
          {stage.cached > 0 && `, ${words.film.cached(stage.cached)}`}
        </span>
      </div>
      <progress
        className="mt-1.5 h-1.5 w-full appearance-none overflow-hidden rounded-full [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent [&::-webkit-progress-value]:transition-[inline-size]"
        aria-label={name}
        max={Math.max(stage.total, 1)}
        value={stage.skipped ? 1 : stage.done}
      />
    </li>
  );
}

/** How long it has run, and how long it will at this pace. */
function Remaining({ job }: { job: Job }) {
  const words = useWords();
  const now = useNow();
  const elapsedMs = now - Date.parse(job.createTime ?? "");
  const all = job.stages.reduce((sum, stage) => sum + stage.total, 0);
  const cached = job.stages.reduce((sum, stage) => sum + stage.cached, 0);
  const done = job.stages.reduce((sum, stage) => sum + stage.done, 0);
  const made = done - cached;
  const leftMs = made > 3 ? (elapsedMs / made) * (all - done) : 0;
  return (
    <p className="mt-1 text-soft tabular-nums">
      {lasting(Math.max(elapsedMs, 0))}
      {leftMs > 0 && `, ${words.film.left(lasting(leftMs))}`}
    </p>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const Still = memo(function Still({ job, task }: { job: string; task: LiveTask }) {
  const still = useQuery(taskDownloadQuery(job, task.number));
  return (
    <li className="aspect-video overflow-hidden rounded-lg bg-sunk ring-1 ring-line">
      {still.data && <img src={still.data.url} alt={task.displayName} decoding="async" className="size-full object-contain" />}
    </li>
  );
});

/** What there is of a picture while it is drawn, in the place of the whole one. */
function Preview({ task }: { task: LiveTask }) {
  return (
    <li className="aspect-video overflow-hidden rounded-lg bg-sunk ring-1 ring-accent" aria-busy="true">
      <img src={`data:image/jpeg;base64,${task.preview}`} alt={task.displayName} className="size-full object-contain" />
    </li>
  );
}

function Cancel({ job }: { job: Job }) {
  const words = useWords();
  const known = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelJob(job),
    onSettled: () => void known.invalidateQueries({ queryKey: ["job", idOf(job.name)] }),
  });
  return (
    <div className="mt-8">
      {cancel.isError && <FaultNotice error={cancel.error} />}
      <button
        type="button"
        className="button"
        disabled={cancel.isPending || job.cancelRequested}
        onClick={() => cancel.mutate()}
      >
        {job.cancelRequested ? words.film.cancelling : words.film.cancel}
      </button>
    </div>
  );
}
