/** The render that has become what can be watched. */
import type { Job } from "../../api/answers";

export function isWatched(job: Job): boolean {
  const target = job.options?.target;
  return target === "TARGET_FILM" || target === "TARGET_ANIMATIC" || target === "TARGET_UNSPECIFIED";
}

/** Of jobs with the newest first; undefined where none is. */
export function newestFilm(jobs: readonly Job[] | undefined): Job | undefined {
  return jobs?.find((job) => job.state === "JOB_STATE_COMPLETED" && isWatched(job));
}
