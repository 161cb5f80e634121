/** The storyboard: every shot of the film, scene by scene. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { Link } from "wouter";

import type { TimelineShot } from "../../api/answers";
import { idOf } from "../../api/client";
import { planQuery, tasksQuery } from "../../api/jobs";
import { useLiveJob } from "../../api/live";
import { jobsQuery } from "../../api/projects";
import { approvalsQuery, commentsQuery, moveShot, shotsQuery, type Spot, timelineQuery } from "../../api/shots";
import { EmptyNotice, FaultNotice, PageFault, Waiting } from "../../parts/Notice";
import { clock } from "../../words/forms";
import { useWords } from "../../words/words";
import { type BoardScene, boardOf } from "./board";
import { History } from "./History";
import { SceneSound } from "./SceneSound";
import { ShotCard } from "./ShotCard";
import { ShotSheet, useShotChange } from "./ShotSheet";
import { TitlesDialog } from "./TitlesDialog";

export function BoardPage({ id, render }: { id: string; render: () => void }) {
  const words = useWords();
  const { scenes, titles, isPending, error, retry } = useBoard(id);
  const change = useShotChange(id);
  const { mutate } = change;
  const [areTitles, setTitles] = useState(false);
  const drop = useCallback((shot: TimelineShot, spot: Spot) => mutate(() => moveShot(id, shot, spot)), [id, mutate]);
  const [open, setOpen] = useState(() => new URLSearchParams(location.search).get("shot") ?? "");
  const show = useCallback((shot: string) => setOpen(shot), []);
  if (isPending) return <Waiting />;
  if (error) return <PageFault error={error} retry={retry} />;
  const shots = scenes.flatMap((scene) => scene.shots);
  if (shots.length === 0)
    return (
      <EmptyNotice title={words.board.empty}>
        <p>{words.board.emptyHint}</p>
        <Link href={`/projects/${id}/script`} className="button">
          {words.board.toScript}
        </Link>
      </EmptyNotice>
    );
  const at = shots.findIndex((shot) => shot.id === open);
  const isUnmade = shots.every((shot) => shot.state === "unmade");
  return (
    <div className="mx-auto w-full max-w-[100rem] px-4 py-6 sm:px-6">
      <div className="mb-6 flex flex-wrap items-center gap-2">
        <p className="mr-auto text-soft">
          {words.script.shots(shots.length)}, {clock(shots.reduce((sum, shot) => sum + shot.lengthMs, 0))}
        </p>
        <button type="button" className="button" onClick={() => setTitles(true)}>
          {words.cut.titles}
        </button>
        <History id={id} />
      </div>
      {change.isError && <FaultNotice error={change.error} />}
      {isUnmade && (
        <div className="mb-8 flex flex-wrap items-center gap-4 rounded-lg border border-line bg-raised p-4">
          <p className="mr-auto">{words.board.unmadeHint}</p>
          <button type="button" className="button button-chief" onClick={render}>
            {words.board.draw}
          </button>
        </div>
      )}
      {scenes.map((scene) => (
        <Scene key={scene.id} id={id} scene={scene} open={show} drop={drop} />
      ))}
      {areTitles && <TitlesDialog id={id} titles={titles} close={() => setTitles(false)} />}
      {shots[at] && (
        <ShotSheet
          key={shots[at].id}
          project={id}
          shot={shots[at]}
          before={shots[at - 1]?.id}
          after={shots[at + 1]?.id}
          open={setOpen}
        />
      )}
    </div>
  );
}

interface SceneProps {
  id: string;
  scene: BoardScene;
  open: (shot: string) => void;
  drop: (shot: TimelineShot, spot: Spot) => void;
}

function Scene({ id, scene, open, drop }: SceneProps) {
  return (
    <section className="mb-12" aria-labelledby={scene.id}>
      <div className="mb-4 flex items-baseline gap-3">
        <h2 id={scene.id} className="flex gap-3 font-script font-bold">
          <span className="text-soft tabular-nums">{scene.number}</span>
          {scene.heading}
        </h2>
        <SceneSound project={id} scene={scene.id} number={scene.number} />
      </div>
      <ul className="-m-1.5 grid grid-cols-2 gap-x-4 gap-y-6 p-1.5 [contain-intrinsic-size:auto_30rem] [content-visibility:auto] sm:grid-cols-3 lg:grid-cols-4 2xl:grid-cols-6">
        {scene.shots.map((shot) => (
          <ShotCard key={shot.id} project={id} shot={shot} open={open} drop={drop} />
        ))}
      </ul>
    </section>
  );
}

function useBoard(id: string) {
  const timeline = useQuery(timelineQuery(id));
  const shots = useQuery(shotsQuery(id));
  const jobs = useQuery(jobsQuery(id));
  const newest = jobs.data?.[0];
  const jobId = newest && idOf(newest.name);
  const { job, tasks: live } = useLiveJob(jobId);
  const plan = useQuery({ ...planQuery(id, newest?.options ?? {}), enabled: shots.isSuccess && jobs.isSuccess });
  const tasks = useQuery({ ...tasksQuery(jobId ?? ""), enabled: job !== undefined && job.stages.length > 0 });
  const approvals = useQuery(approvalsQuery(id));
  const comments = useQuery(commentsQuery(id));
  const scenes = useMemo(
    () =>
      timeline.data && shots.data
        ? boardOf({
            timeline: timeline.data,
            shots: shots.data,
            plan: plan.data,
            approvals: approvals.data ?? [],
            comments: comments.data ?? [],
            job,
            tasks: isRunning(job) ? (tasks.data ?? []) : [],
            live,
          })
        : [],
    [timeline.data, shots.data, plan.data, approvals.data, comments.data, job, tasks.data, live],
  );
  const retry = (): void => void Promise.all([timeline.refetch(), shots.refetch()]);
  const { titles } = timeline.data ?? {};
  return { scenes, titles, isPending: timeline.isPending || shots.isPending, error: timeline.error ?? shots.error, retry };
}

function isRunning(job: { endTime?: string } | undefined): boolean {
  return job !== undefined && job.endTime === undefined;
}
