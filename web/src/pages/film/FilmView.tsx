/** A finished render: the film with its chapters, and what can be taken from it. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";

import type { Job } from "../../api/answers";
import { idOf } from "../../api/client";
import { cutQuery } from "../../api/cuts";
import { assetTextQuery, downloadQuery } from "../../api/downloads";
import { clock } from "../../words/forms";
import { useWords } from "../../words/words";
import { at, chaptersOfReport, shotsOfCut } from "./cut";
import { Downloads } from "./Downloads";
import { Measured } from "./Measured";
import { measuresOfReport } from "./measures";
import { isWatched } from "./newest";
import { Player } from "./Player";
import { Shares } from "./Shares";

interface Props {
  id: string;
  job: Job;
  /** The shot that the film begins with; empty for its first. */
  shot: string;
}

export function FilmView({ id, job, shot }: Props) {
  const isSeen = isWatched(job);
  const measures = useQuery({ ...assetTextQuery(idOf(job.name), "ASSET_REPORT"), enabled: isSeen, select: measuresOfReport });
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
      {isSeen ? <Film id={id} job={job} shot={shot} /> : <Other id={id} job={job} />}
      <aside className="space-y-8 lg:col-start-2 lg:row-start-1">
        <Downloads job={job} />
        {isSeen && <Shares job={job} />}
        {measures.data && <Measured measures={measures.data} />}
      </aside>
    </div>
  );
}

function Film({ id, job, shot: asked }: Props) {
  const words = useWords();
  const name = idOf(job.name);
  const [place, setPlace] = useState<{ ms: number } | null>(null);
  const [now, setNow] = useState(0);
  const report = useQuery({ ...assetTextQuery(name, "ASSET_REPORT"), select: chaptersOfReport });
  const cut = useQuery({ ...cutQuery(name), select: shotsOfCut });
  const asks = useMemo(() => cut.data?.find((each) => asked && each.shot === asked), [cut.data, asked]);
  const begin = useMemo(() => (asks ? { ms: asks.startMs } : null), [asks]);
  const shot = at(cut.data ?? [], now);
  const chapter = at(report.data ?? [], now);
  return (
    <div className="min-w-0">
      <Player job={name} place={place ?? begin} chapters={report.data ?? []} moved={setNow} />
      <div className="mt-3 flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 text-sm text-soft">
        <span className="mr-auto">{shot?.name}</span>
        {shot?.shot && (
          <Link href={`/projects/${id}/board?shot=${shot.shot}`} className="link">
            {words.film.toShot}
          </Link>
        )}
        {shot !== undefined && shot.line > 0 && (
          <Link href={`/projects/${id}/script?line=${shot.line}`} className="link">
            {words.film.toLine(shot.line)}
          </Link>
        )}
      </div>
      <nav aria-label={words.film.chapters} className="mt-6">
        <h2 className="mb-2 font-semibold">{words.film.chapters}</h2>
        <ol>
          {report.data?.map((each) => (
            <li key={each.startMs}>
              <button
                type="button"
                aria-current={each === chapter ? "true" : undefined}
                className="-mx-2 flex w-full gap-4 rounded-md px-2 py-2 text-left hover:bg-raised aria-[current]:text-accent"
                onClick={() => setPlace({ ms: each.startMs })}
              >
                <span className="text-soft tabular-nums">{clock(each.startMs)}</span>
                <span className="min-w-0 break-words">{each.title}</span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
    </div>
  );
}

/** A storyboard or a table read. */
function Other({ id, job }: { id: string; job: Job }) {
  const words = useWords();
  const isRead = job.options?.target === "TARGET_TABLE_READ";
  const sound = useQuery({ ...downloadQuery(idOf(job.name), "ASSET_AUDIO"), enabled: isRead });
  return (
    <section className="py-6">
      <h2 className="text-2xl font-semibold">{isRead ? words.film.readDone : words.film.boardDone}</h2>
      {sound.data && <audio controls src={sound.data.url} className="mt-5 w-full" aria-label={words.film.readDone} />}
      {!isRead && (
        <Link href={`/projects/${id}/board`} className="button button-chief mt-5">
          {words.film.toBoard}
        </Link>
      )}
    </section>
  );
}
