/** One project: its poster, how long it is, what its last render came to. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { Job, Project } from "../../api/answers";
import { idOf } from "../../api/client";
import { downloadQuery } from "../../api/downloads";
import { jobsQuery } from "../../api/projects";
import { usePreferences } from "../../app/preferences";
import { JobStateMark } from "../../parts/JobStateMark";
import { clock, when } from "../../words/forms";
import { useWords } from "../../words/words";
import { newestFilm } from "../film/newest";

export function ProjectCard({ project }: { project: Project }) {
  const id = idOf(project.name);
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const jobs = useQuery(jobsQuery(id));
  const newest = jobs.data?.[0];
  const count = jobs.data?.length ?? 0;
  const made = newestFilm(jobs.data);
  const page = newest ? "board" : "script";
  return (
    <li className="min-w-0">
      <Link href={`/projects/${id}/${page}`} className="group block rounded-lg outline-offset-4">
        <Poster job={made} />
        <h2 className="mt-3 truncate text-lg font-semibold group-hover:text-accent">{project.displayName}</h2>
        <p className="flex flex-wrap items-center gap-x-3 text-sm text-soft">
          {newest ? <JobStateMark state={newest.state} /> : jobs.isSuccess && <span>{words.dashboard.unmade}</span>}
          <span>{when(newest?.endTime ?? newest?.createTime ?? project.updateTime, language)}</span>
        </p>
      </Link>
      {count > 0 && (
        <Link
          href={`/projects/${id}/film`}
          className="link text-sm"
          aria-label={words.history.rendersOf(project.displayName, count)}
        >
          {words.history.renders(count)}
        </Link>
      )}
    </li>
  );
}

function Poster({ job }: { job: Job | undefined }) {
  const poster = useQuery({ ...downloadQuery(idOf(job?.name ?? ""), "ASSET_POSTER"), enabled: job !== undefined });
  return (
    <div className="relative aspect-video overflow-hidden rounded-lg bg-raised ring-1 ring-line">
      {poster.data ? (
        <img src={poster.data.url} alt="" loading="lazy" className="size-full object-cover" />
      ) : (
        <svg viewBox="0 0 160 90" className="size-full text-line" fill="none" stroke="currentColor" aria-hidden>
          <circle cx="80" cy="45" r="15" strokeWidth="4" />
          <circle cx="80" cy="45" r="4" fill="currentColor" stroke="none" />
        </svg>
      )}
      {job !== undefined && job.filmLengthMs > 0 && (
        <span className="absolute right-2 bottom-2 rounded bg-black/75 px-1.5 text-sm text-white tabular-nums">
          {clock(job.filmLengthMs)}
        </span>
      )}
    </div>
  );
}
