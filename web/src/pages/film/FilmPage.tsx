/** The renders of a project: the one that runs, or the film that one has become. */
import { useQuery } from "@tanstack/react-query";
import { useLocation, useSearchParams } from "wouter";

import type { Job } from "../../api/answers";
import { idOf } from "../../api/client";
import { jobQuery } from "../../api/jobs";
import { useLiveJob } from "../../api/live";
import { jobsQuery } from "../../api/projects";
import { usePreferences } from "../../app/preferences";
import { Choice } from "../../parts/Field";
import { isOver } from "../../parts/JobStateMark";
import { EmptyNotice, PageFault, Waiting } from "../../parts/Notice";
import { when } from "../../words/forms";
import { useWords } from "../../words/words";
import { FailureView } from "./FailureView";
import { FilmView } from "./FilmView";
import { newestFilm } from "./newest";
import { Progress } from "./Progress";

export function FilmPage({ id, render }: { id: string; render: () => void }) {
  const words = useWords();
  const [search] = useSearchParams();
  const jobs = useQuery(jobsQuery(id));
  if (jobs.isPending) return <Waiting />;
  if (jobs.isError)
    return <PageFault error={jobs.error} retry={() => void jobs.refetch()} />;
  const shot = search.get("shot") ?? "";
  const newest = (shot && newestFilm(jobs.data)) || jobs.data[0];
  const chosen = search.get("job") ?? idOf(newest?.name ?? "");
  if (!chosen)
    return (
      <EmptyNotice title={words.film.empty}>
        <p>{words.film.emptyHint}</p>
        <button type="button" className="button button-chief" onClick={render}>
          {words.project.render}
        </button>
      </EmptyNotice>
    );
  return (
    <div className="mx-auto w-full max-w-[100rem] px-4 py-6 sm:px-6">
      <JobChoice id={id} jobs={jobs.data} chosen={chosen} />
      <JobView key={chosen} id={id} name={chosen} shot={shot} render={render} />
    </div>
  );
}

interface JobProps {
  id: string;
  name: string;
  /** The shot that the film begins with; empty for its first. */
  shot: string;
  render: () => void;
}

function JobView({ id, name, shot, render }: JobProps) {
  const { job, tasks, error } = useLiveJob(name);
  if (error && !job) return <PageFault error={error} />;
  if (!job) return <Waiting />;
  if (job.state === "JOB_STATE_COMPLETED") return <FilmView id={id} job={job} shot={shot} />;
  if (isOver(job.state)) return <FailureView id={id} job={job} render={render} />;
  return <Progress id={id} job={job} live={tasks} />;
}

function JobChoice({ id, jobs, chosen }: { id: string; jobs: Job[]; chosen: string }) {
  const words = useWords();
  const language = usePreferences((preferences) => preferences.language);
  const [, go] = useLocation();
  // The list is not read anew while a render runs.
  const { data: now } = useQuery({ ...jobQuery(chosen), enabled: jobs.length > 1 });
  if (jobs.length < 2) return null;
  return (
    <div className="mb-6">
      <Choice
        className="w-full sm:w-96"
        label={words.film.renders}
        value={chosen}
        onChange={(event) => go(`/projects/${id}/film?job=${event.target.value}`)}
        options={jobs.map((job) => [
          idOf(job.name),
          [
            when(job.createTime, language),
            words.render.targets[job.options?.target ?? "TARGET_FILM"].name,
            words.states[now?.name === job.name ? now.state : job.state],
          ].join(", "),
        ])}
      />
    </div>
  );
}
