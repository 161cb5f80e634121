/** Lets one hear a character's voice: a line of theirs is read, and played as soon as it is there. */
import { useMutation, useQuery } from "@tanstack/react-query";

import { heardQuery, hearingOf } from "../../api/casting";
import { idOf } from "../../api/client";
import { startRender } from "../../api/jobs";
import { useLiveJob } from "../../api/live";
import { isOver } from "../../parts/JobStateMark";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

interface Props {
  project: string;
  /** A shot in which they speak. */
  shot: string | undefined;
  name: string;
  label: string;
  /** Saves what is to be heard. */
  prepare: () => Promise<void>;
}

export function Hearing({ project, shot, name, label, prepare }: Props) {
  const words = useWords();
  const starting = useMutation({
    mutationFn: async (of: string) => {
      await prepare();
      return startRender(project, hearingOf(of), crypto.randomUUID());
    },
  });
  const { job } = useLiveJob(starting.data && idOf(starting.data.name));
  const isMade = job?.state === "JOB_STATE_COMPLETED";
  const heard = useQuery({ ...heardQuery(idOf(job?.name ?? "")), enabled: isMade });
  if (shot === undefined) return <p className="text-sm text-soft">{words.cast.silent}</p>;
  const isBusy = starting.isPending || (starting.isSuccess && !(job && isOver(job.state))) || heard.isLoading;
  const error = starting.error ?? heard.error;
  return (
    <>
      <button type="button" className="button" disabled={isBusy} onClick={() => starting.mutate(shot)}>
        {isBusy ? words.cast.hearing : label}
      </button>
      {heard.data && (
        <audio key={heard.data} src={heard.data} controls autoPlay aria-label={words.cast.heard(name)} className="h-10 w-full" />
      )}
      {error !== null && <FaultNotice error={error} />}
      {job && isOver(job.state) && !isMade && (
        <p role="alert" className="text-sm text-bad">
          {job.failure?.message ?? words.cast.notHeard}
        </p>
      )}
    </>
  );
}
