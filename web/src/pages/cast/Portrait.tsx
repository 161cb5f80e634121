/** Somebody or some place, as a shot of the film shows them. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { stillOf, takesQuery } from "../../api/shots";
import { useSeen } from "../../parts/seen";

export function Portrait({ project, shot, alt }: { project: string; shot: string | undefined; alt: string }) {
  const [host, setHost] = useState<HTMLElement | null>(null);
  const isSeen = useSeen(host);
  const takes = useQuery({ ...takesQuery(project, shot ?? ""), enabled: isSeen && shot !== undefined });
  const still = stillOf(takes.data);
  return (
    <div ref={setHost} className="aspect-video overflow-hidden rounded-t-lg bg-sunk">
      {still ? (
        <img src={still.url} alt={alt} decoding="async" className="size-full object-cover" />
      ) : (
        <span aria-hidden className="grid size-full place-items-center text-5xl font-semibold text-edge">
          {alt.slice(0, 1)}
        </span>
      )}
    </div>
  );
}
