/** Why a render ended without a film, and the button that mends it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import type { Failure, Job } from "../../api/answers";
import { idOf } from "../../api/client";
import { retryJob } from "../../api/jobs";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

/** Retrying can't help these: their inputs must change. */
const IN_THE_TEXT: readonly Failure["reason"][] = ["FAILURE_REASON_SCREENPLAY_REFUSED", "FAILURE_REASON_MODERATION_REFUSED"];

/** Rendering it smaller, or a part of it, may. */
const IN_THE_SIZE: readonly Failure["reason"][] = ["FAILURE_REASON_LIMIT_EXCEEDED", "FAILURE_REASON_DEADLINE_EXCEEDED"];

export function FailureView({ id, job, render }: { id: string; job: Job; render: () => void }) {
  const words = useWords();
  const { failure } = job;
  const isCancelled = job.state === "JOB_STATE_CANCELLED";
  const isOfText = failure !== undefined && IN_THE_TEXT.includes(failure.reason);
  return (
    <section className="mx-auto max-w-2xl py-10" aria-labelledby="failure">
      <h2 id="failure" className="text-2xl font-semibold">
        {isCancelled ? words.film.wasCancelled : words.film.reasons[failure?.reason ?? "FAILURE_REASON_UNSPECIFIED"]}
      </h2>
      {failure && (
        <div className="mt-3 space-y-1">
          <p>{failure.message}</p>
          <p className="text-soft">{words.film.stages[failure.stage]}</p>
        </div>
      )}
      {isCancelled && <p className="mt-3 text-soft">{words.film.keptHint}</p>}
      <div className="mt-6 flex flex-wrap gap-2">
        {failure !== undefined && failure.line > 0 && (
          <Link
            href={`/projects/${id}/script?line=${failure.line}`}
            className={`button ${isOfText ? "button-chief" : ""}`}
          >
            {words.film.toLine(failure.line)}
          </Link>
        )}
        {failure?.shotId && (
          <Link href={`/projects/${id}/board?shot=${failure.shotId}`} className="button">
            {words.film.toShot}
          </Link>
        )}
        {failure !== undefined && IN_THE_SIZE.includes(failure.reason) && (
          <button type="button" className="button button-chief" onClick={render}>
            {words.film.otherwise}
          </button>
        )}
        {!isOfText && <Retry id={id} job={job} />}
      </div>
    </section>
  );
}

function Retry({ id, job }: { id: string; job: Job }) {
  const words = useWords();
  const known = useQueryClient();
  const [, go] = useLocation();
  const [requestId] = useState(() => crypto.randomUUID());
  const retry = useMutation({
    mutationFn: () => retryJob(job, requestId),
    onSuccess: (made) => {
      void known.invalidateQueries({ queryKey: ["jobs", id] });
      go(`/projects/${id}/film?job=${idOf(made.name)}`);
    },
  });
  return (
    <>
      <button type="button" className="button button-chief" disabled={retry.isPending} onClick={() => retry.mutate()}>
        {words.film.retry}
      </button>
      {retry.isError && <FaultNotice error={retry.error} />}
    </>
  );
}
