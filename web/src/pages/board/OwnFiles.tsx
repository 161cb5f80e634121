/** Files of one's own in place of what the studio makes, of a shot or of a scene. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Replacement, Schemas, TimelineShot } from "../../api/answers";
import type { BroughtKind } from "../../api/brought";
import { idOf } from "../../api/client";
import { replaceMedia, restoreMedia, timelineQuery } from "../../api/shots";
import { BringForm } from "../../parts/BringForm";
import { Choice } from "../../parts/Field";
import { FilePreview } from "../../parts/FilePreview";
import { FaultNotice } from "../../parts/Notice";
import { useWords, type Words } from "../../words/words";
import { useShotChange } from "./ShotSheet";

export interface Place {
  kind: Extract<BroughtKind, keyof Schemas["MediaTarget"]>;
  label: string;
  hint: string;
  target: Schemas["MediaTarget"];
}

interface Props {
  project: string;
  places: readonly Place[];
}

export function OwnFiles({ project, places }: Props) {
  const words = useWords();
  const [chosen, setChosen] = useState(0);
  const change = useShotChange(project);
  const timeline = useQuery(timelineQuery(project));
  const place = places[chosen] ?? places[0];
  if (place === undefined) return null;
  const brought = places.flatMap((each) => {
    const found = timeline.data?.replacements.find((it) => isSame(it.target, each.target));
    const file = timeline.data?.replacementFiles.find((it) => isSame(it.target, each.target))?.file;
    return found ? [{ place: each, found, url: file?.url }] : [];
  });
  return (
    <div className="space-y-4">
      <p className="text-sm text-soft">{words.own.hint}</p>
      {brought.map((each) => (
        <Held
          key={each.place.label}
          {...each}
          isBusy={change.isPending}
          takeBack={() => change.mutate(() => restoreMedia(project, each.place.target))}
        />
      ))}
      {change.isError && <FaultNotice error={change.error} />}
      {places.length > 1 && (
        <Choice
          label={words.own.place}
          value={String(places.indexOf(place))}
          onChange={(event) => setChosen(Number(event.target.value))}
          options={places.map((each, index) => [String(index), each.label])}
        />
      )}
      <p className="text-sm text-soft">{place.hint}</p>
      <BringForm
        key={place.label}
        kind={place.kind}
        take={(file) => change.mutateAsync(() => replaceMedia(project, place.target, file))}
      />
    </div>
  );
}

interface HeldProps {
  place: Place;
  found: Replacement;
  url: string | undefined;
  isBusy: boolean;
  takeBack: () => void;
}

function Held({ place, found, url, isBusy, takeBack }: HeldProps) {
  const words = useWords();
  const { creator = "", licence = "" } = found.credit ?? {};
  return (
    <figure className="rounded-lg border border-accent p-3">
      {url && <FilePreview key={found.artifact?.digest} kind={place.kind} url={url} name={place.label} />}
      <figcaption className="mt-2 flex flex-wrap items-center gap-2 text-sm">
        <span className="mr-auto">
          {place.label}
          <span className="block text-soft">{words.own.by(creator, licence)}</span>
        </span>
        <button type="button" className="button" aria-label={words.own.takeBackOf(place.label)} disabled={isBusy} onClick={takeBack}>
          {words.own.takeBack}
        </button>
      </figcaption>
    </figure>
  );
}

export function placesOfShot({ name, lines }: TimelineShot, words: Words): Place[] {
  const shot = idOf(name);
  return [
    { kind: "still", label: words.own.still, hint: words.own.stillHint, target: { still: shot } },
    { kind: "clip", label: words.own.clip, hint: words.own.clipHint, target: { clip: shot } },
    ...lines.map((text, index) => ({
      kind: "line" as const,
      label: words.own.line(index + 1, text),
      hint: words.own.lineHint,
      target: { line: { shot, line: index + 1 } },
    })),
  ];
}

export function placesOfScene(scene: string, words: Words): Place[] {
  return [
    { kind: "music", label: words.own.music, hint: words.own.musicHint, target: { music: scene } },
    { kind: "ambience", label: words.own.ambience, hint: words.own.ambienceHint, target: { ambience: scene } },
  ];
}

/** Answers have every field of a target, empty where it is another one. */
export function isSame(told: Schemas["MediaTarget"] | undefined, asked: Schemas["MediaTarget"]): boolean {
  if (asked.line) return told?.line?.shot === asked.line.shot && told.line.line === asked.line.line;
  return (["still", "clip", "music", "ambience"] as const).some((kind) => asked[kind] !== undefined && told?.[kind] === asked[kind]);
}
