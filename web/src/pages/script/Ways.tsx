/** From the cursor's line to its shot on the board, and to its moment in the film. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { idOf } from "../../api/client";
import { jobsQuery } from "../../api/projects";
import { shotsQuery } from "../../api/shots";
import { useWords } from "../../words/words";
import { newestFilm } from "../film/newest";

export function Ways({ id, line }: { id: string; line: number }) {
  const words = useWords();
  const shots = useQuery(shotsQuery(id));
  const jobs = useQuery(jobsQuery(id));
  const shot = shots.data?.find((each) => each.inScreenplay && line >= each.lineFirst && line <= each.lineLast);
  if (!shot) return null;
  return (
    <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1 text-sm">
      <Link href={`/projects/${id}/board?shot=${idOf(shot.name)}`} className="link">
        {words.board.shot(shot.displayName)}
      </Link>
      {newestFilm(jobs.data) && (
        <Link href={`/projects/${id}/film?shot=${idOf(shot.name)}`} className="link">
          {words.steps.inFilm}
        </Link>
      )}
    </p>
  );
}
