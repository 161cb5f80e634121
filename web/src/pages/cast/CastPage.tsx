/** The cast: who plays and where, how they look, how they sound. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";

import type { Shot, Timeline } from "../../api/answers";
import { castQuery, locationsQuery } from "../../api/casting";
import { idOf } from "../../api/client";
import { shotsQuery, timelineQuery } from "../../api/shots";
import { EmptyNotice, PageFault, Waiting } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { History } from "../board/History";
import { MemberCard } from "./MemberCard";
import { PlaceCard } from "./PlaceCard";

export function CastPage({ id }: { id: string }) {
  const words = useWords();
  const cast = useQuery(castQuery(id));
  const places = useQuery(locationsQuery(id));
  const shots = useQuery(shotsQuery(id));
  const timeline = useQuery(timelineQuery(id));
  if (cast.isPending || places.isPending) return <Waiting />;
  if (cast.isError || places.isError)
    return <PageFault error={cast.error ?? places.error} retry={() => void Promise.all([cast.refetch(), places.refetch()])} />;
  if (cast.data.length + places.data.length === 0)
    return (
      <EmptyNotice title={words.cast.empty}>
        <p>{words.cast.emptyHint}</p>
        <Link href={`/projects/${id}/script`} className="button">
          {words.board.toScript}
        </Link>
      </EmptyNotice>
    );
  return (
    <div className="mx-auto w-full max-w-[100rem] px-4 py-6 sm:px-6">
      <div className="mb-2 flex flex-wrap justify-end">
        <History id={id} />
      </div>
      {cast.data.length > 0 && (
        <Part title={words.cast.characters}>
          {cast.data.map((member) => (
            <MemberCard
              key={member.name}
              project={id}
              member={member}
              shot={shotOf(shots.data ?? [], [member.character, ...member.aliases])}
            />
          ))}
        </Part>
      )}
      {places.data.length > 0 && (
        <Part title={words.cast.places}>
          {places.data.map((place) => (
            <PlaceCard key={place.name} project={id} place={place} shot={shotAt(timeline.data, place.place)} />
          ))}
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mb-12" aria-label={title}>
      <h2 className="mb-4 text-xl font-semibold">{title}</h2>
      <ul className="grid items-start gap-6 md:grid-cols-2 xl:grid-cols-3">{children}</ul>
    </section>
  );
}

/** The first shot in which one of these names speaks. */
function shotOf(shots: readonly Shot[], names: readonly string[]): string | undefined {
  const found = shots.find((shot) => shot.inScreenplay && names.includes(shot.speaker));
  return found && idOf(found.name);
}

/** The first shot of the first scene at a place. */
function shotAt(timeline: Timeline | undefined, place: string): string | undefined {
  const scene = timeline?.scenes.find(({ shots, heading }) => shots.length > 0 && placeOf(heading).endsWith(place));
  const first = scene?.shots[0];
  return first && idOf(first.name);
}

/** A heading without its time of day. */
function placeOf(heading: string): string {
  return heading.toUpperCase().replace(/ [-–—] .*$/, "");
}
