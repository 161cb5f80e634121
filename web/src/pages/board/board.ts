/** What the board shows of each shot: put together from the timeline, the shots, the plan and the render that runs. */
import type { Approval, Comment, Job, RenderPlan, Shot, Timeline, TimelineShot } from "../../api/answers";
import { idOf } from "../../api/client";
import type { Task } from "../../api/jobs";
import type { LiveTasks } from "../../api/live";

export type ShotState = "locked" | "rendering" | "waiting" | "failed" | "made" | "stale" | "unmade";

export interface BoardShot {
  id: string;
  shot: Shot;
  placed: TimelineShot;
  lines: string[];
  lengthMs: number;
  isLocked: boolean;
  state: ShotState;
  /** Where a still of one's own is, which the film has in place of the takes'. */
  ownStill: string | undefined;
  approval: Approval | undefined;
  openComments: number;
}

export interface BoardScene {
  id: string;
  number: string;
  heading: string;
  shots: BoardShot[];
}

export interface Known {
  timeline: Timeline;
  shots: readonly Shot[];
  plan: RenderPlan | undefined;
  approvals: readonly Approval[];
  comments: readonly Comment[];
  /** The newest render, if there is one. */
  job: Job | undefined;
  tasks: readonly Task[];
  live: LiveTasks;
}

export function boardOf(known: Known): BoardScene[] {
  const shots = new Map(known.shots.map((shot) => [idOf(shot.name), shot]));
  const approvals = new Map(known.approvals.map((each) => [each.shot, each]));
  const ownStills = new Map(known.timeline.replacementFiles.map(({ target, file }) => [target?.still ?? "", file?.url]));
  const states = statesOf(known);
  const open = openCounts(known.comments);
  return known.timeline.scenes.map((scene) => ({
    id: idOf(scene.name),
    number: scene.number,
    heading: scene.heading,
    shots: scene.shots.flatMap((placed) => {
      const id = idOf(placed.name);
      const shot = shots.get(id);
      if (shot === undefined) return [];
      const isLocked = placed.lock !== undefined;
      return {
        id,
        shot,
        placed,
        lines: placed.lines,
        lengthMs: lengthOf(shot, placed),
        isLocked,
        state: isLocked ? "locked" : (states.get(id) ?? "unmade"),
        ownStill: ownStills.get(id),
        approval: approvals.get(id),
        openComments: open.get(id) ?? 0,
      };
    }),
  }));
}

/** How long it is in the film, with what is left out and held. */
function lengthOf(shot: Shot, { lengthMs, edit }: TimelineShot): number {
  const wholeMs = lengthMs || Number(shot.settings?.durationMs ?? 0) || shot.estimatedMs;
  const cutMs = (edit?.headTrimMs ?? 0) + (edit?.tailTrimMs ?? 0);
  return Math.max(0, wholeMs - cutMs) + (edit?.holdMs ?? 0);
}

/** By a shot's id; its still decides, for that is what the board shows. */
function statesOf({ plan, job, tasks, live }: Known): Map<string, ShotState> {
  const states = new Map<string, ShotState>();
  const madeBefore = new Set(plan?.diff?.shots.filter((each) => each.change === "SHOT_CHANGE_NEW").map((each) => each.shotId));
  for (const task of plan?.tasks ?? []) {
    if (task.kind !== "TASK_KIND_STILL") continue;
    const isNew = plan?.diff?.job ? madeBefore.has(task.shotId) : true;
    states.set(task.shotId, task.verdict === "VERDICT_CACHED" ? "made" : isNew ? "unmade" : "stale");
  }
  for (const task of tasks) {
    if (task.kind !== "TASK_KIND_STILL") continue;
    const state = live.get(Number(idOf(task.name)))?.state ?? task.state;
    if (state === "TASK_STATE_RUNNING") states.set(task.shotId, "rendering");
    else if (state === "TASK_STATE_WAITING") states.set(task.shotId, "waiting");
    else if (state === "TASK_STATE_DONE" && states.get(task.shotId) !== "stale") states.set(task.shotId, "made");
  }
  const failed = job?.state === "JOB_STATE_FAILED" ? job.failure?.shotId : "";
  if (failed && states.get(failed) !== "made") states.set(failed, "failed");
  return states;
}

function openCounts(comments: readonly Comment[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of comments) {
    if (!each.shot || each.resolveTime !== undefined) continue;
    counts.set(each.shot, (counts.get(each.shot) ?? 0) + 1);
  }
  return counts;
}
