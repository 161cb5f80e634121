/** A job as it is now: read once, then moved on by its events; read again when nothing came for a while. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { isOver } from "../parts/JobStateMark";
import type { Job, JobEvent, Schemas, Watched } from "./answers";
import { idOf } from "./client";
import { jobQuery } from "./jobs";
import { watchJob } from "./watching";

const SILENCE_MS = 10_000;
/** Of a rush of messages the page is drawn anew at most so often. */
const GATHERED_MS = 40;

type TaskState = Schemas["TaskState"];

export interface LiveTask {
  number: number;
  kind: Schemas["TaskKind"];
  displayName: string;
  state: TaskState;
  cached: boolean;
  percent: number;
  /** What there is of its picture so far, a JPEG in base64; empty before there is any. */
  preview: string;
}

export type LiveTasks = ReadonlyMap<number, LiveTask>;

const NONE: LiveTasks = new Map();

export function useLiveJob(job: string | undefined): { job: Job | undefined; tasks: LiveTasks; error: unknown } {
  const known = useQueryClient();
  const [live, setLive] = useState<{ job: string; tasks: LiveTasks }>({ job: "", tasks: NONE });
  const read = useQuery({ ...jobQuery(job ?? ""), enabled: job !== undefined });
  useEffect(() => {
    if (job === undefined) return;
    const ending = new AbortController();
    const inbox = new Inbox((messages) => {
      known.setQueryData<Job>(["job", job], (before) => before && messages.reduce(movedOn, before));
      setLive((before) => ({ job, tasks: messages.reduce(worked, before.job === job ? before.tasks : NONE) }));
    });
    const silence = setInterval(() => {
      const now = known.getQueryData<Job>(["job", job]);
      if (now && !isOver(now.state) && inbox.isSilentFor(SILENCE_MS)) {
        void known.invalidateQueries({ queryKey: ["job", job] });
      }
    }, SILENCE_MS / 2);
    void watchJob(job, (message) => inbox.take(message), ending.signal).then(() => {
      if (ending.signal.aborted) return;
      for (const key of ["job", "jobs", "tasks", "takes", "plan", "projects"]) {
        void known.invalidateQueries({ queryKey: [key] });
      }
    });
    return () => {
      ending.abort();
      clearInterval(silence);
      inbox.close();
    };
  }, [job, known]);
  return { job: read.data, tasks: live.job === job ? live.tasks : NONE, error: read.error };
}

/** Hands on at once what comes after a pause, and gathers what comes in a rush. */
class Inbox {
  private messages: Watched[] = [];
  private timer = 0;
  private lastMs = performance.now();
  private handedMs = 0;

  constructor(private readonly open: (messages: Watched[]) => void) {}

  take(message: Watched): void {
    this.lastMs = performance.now();
    this.messages.push(message);
    // A timer, for a hidden page has no frames and must not gather for ever.
    this.timer ||= window.setTimeout(() => this.hand(), Math.max(0, this.handedMs + GATHERED_MS - this.lastMs));
  }

  isSilentFor(ms: number): boolean {
    return performance.now() - this.lastMs > ms;
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private hand(): void {
    this.timer = 0;
    this.handedMs = performance.now();
    this.open(this.messages.splice(0));
  }
}

/** A job after an event; one that it knows already changes nothing. */
export function movedOn(job: Job, { event }: Watched): Job {
  if (event === undefined || Number(event.sequence) <= Number(job.sequence)) return job;
  return { ...job, ...ofEvent(event) };
}

function ofEvent(event: JobEvent): Partial<Job> {
  const { state, stages, sequence, cancelRequested, waitingForCapacity, failure, time } = event;
  return {
    state,
    sequence,
    cancelRequested,
    waitingForCapacity,
    ...(stages.length > 0 && { stages }),
    ...(failure && { failure }),
    ...(isOver(state) && { endTime: time }),
  } as Partial<Job>;
}

function worked(tasks: LiveTasks, { event, progress }: Watched): LiveTasks {
  const changed = new Map(tasks);
  for (const each of event?.tasks ?? []) {
    const number = Number(idOf(each.task));
    changed.set(number, {
      number,
      kind: each.kind,
      displayName: each.displayName,
      state: each.state,
      cached: each.cached,
      percent: 0,
      preview: "",
    });
  }
  const running = progress && changed.get(Number(idOf(progress.task)));
  if (progress && running) {
    const preview = progress.previewJpeg || running.preview;
    changed.set(running.number, { ...running, percent: progress.percent, preview });
  }
  return changed;
}
