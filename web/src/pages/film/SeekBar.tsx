/** Where the film is; the thumbnail of a moment shows while one points at it. */
import { useQuery } from "@tanstack/react-query";
import { type PointerEvent, useState } from "react";

import { assetTextQuery, downloadQuery } from "../../api/downloads";
import { clock } from "../../words/forms";
import { useWords } from "../../words/words";
import { at, type Chapter } from "./cut";
import { thumbnailsOf } from "./thumbnails";

interface Props {
  job: string;
  nowMs: number;
  lengthMs: number;
  chapters: readonly Chapter[];
  seek: (ms: number) => void;
}

interface Pointed {
  ms: number;
  /** From the bar's left edge, 0 to 1. */
  share: number;
}

export function SeekBar({ job, nowMs, lengthMs, chapters, seek }: Props) {
  const words = useWords();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const point = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    setPointed({ share, ms: share * lengthMs });
  };
  return (
    <div className="relative mx-3 mt-2" onPointerMove={point} onPointerLeave={() => setPointed(null)}>
      {pointed && lengthMs > 0 && <Preview job={job} pointed={pointed} chapter={at(chapters, pointed.ms)?.title ?? ""} />}
      <div className="pointer-events-none absolute inset-x-0 top-1/2 h-1.5 -translate-y-1/2 overflow-hidden rounded-full bg-white/25">
        <div className="h-full origin-left bg-[#e0b25c]" style={{ transform: `scaleX(${lengthMs ? nowMs / lengthMs : 0})` }} />
      </div>
      {chapters.slice(1).map((chapter) => (
        <span
          key={chapter.startMs}
          aria-hidden
          className="pointer-events-none absolute top-1/2 h-1.5 w-0.5 -translate-y-1/2 bg-black"
          style={{ left: `${(chapter.startMs / Math.max(lengthMs, 1)) * 100}%` }}
        />
      ))}
      <input
        type="range"
        aria-label={words.film.seek}
        aria-valuetext={clock(nowMs)}
        min={0}
        max={Math.max(lengthMs, 1)}
        step={100}
        value={nowMs}
        onChange={(event) => seek(Number(event.target.value))}
        className="relative block h-5 w-full cursor-pointer appearance-none bg-transparent [&::-moz-range-thumb]:border-0 [&::-moz-range-thumb]:bg-white [&::-webkit-slider-thumb]:size-3.5 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:bg-white"
      />
    </div>
  );
}

function Preview({ job, pointed, chapter }: { job: string; pointed: Pointed; chapter: string }) {
  const sheet = useQuery({ ...downloadQuery(job, "ASSET_THUMBNAILS"), retry: false });
  const places = useQuery({ ...assetTextQuery(job, "ASSET_THUMBNAILS_VTT"), retry: false, select: thumbnailsOf });
  const shown = at(places.data ?? [], pointed.ms);
  return (
    <div
      className="pointer-events-none absolute bottom-full z-10 mb-2 w-max max-w-60 -translate-x-1/2 rounded bg-black/90 p-1 text-center text-xs"
      style={{ left: `clamp(5.5rem, ${pointed.share * 100}%, calc(100% - 5.5rem))` }}
    >
      {shown && sheet.data && (
        <div
          className="mx-auto rounded-sm"
          style={{
            width: shown.width,
            height: shown.height,
            backgroundImage: `url("${sheet.data.url}")`,
            backgroundPosition: `-${shown.x}px -${shown.y}px`,
          }}
        />
      )}
      <span className="mt-1 block truncate tabular-nums">{clock(pointed.ms)}</span>
      <span className="block truncate text-white/75">{chapter}</span>
    </div>
  );
}
