/** The film itself: pictures, subtitles, a bar with thumbnails and chapters, and keys for all of it. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";

import { toBase64 } from "../../api/base64";
import { assetTextQuery, downloadQuery } from "../../api/downloads";
import { FaultNotice } from "../../parts/Notice";
import { clock } from "../../words/forms";
import { useWords } from "../../words/words";
import type { Chapter } from "./cut";
import { SeekBar } from "./SeekBar";

const STEP_SECONDS = 5;

interface Props {
  job: string;
  /** Where to go; a new object goes there again. */
  place: { ms: number } | null;
  chapters: readonly Chapter[];
  moved: (ms: number) => void;
}

export function Player({ job, place, chapters, moved }: Props) {
  const words = useWords();
  const film = useQuery(downloadQuery(job, "ASSET_FILM"));
  const poster = useQuery({ ...downloadQuery(job, "ASSET_POSTER"), retry: false });
  const subtitles = useSubtitles(job);
  const [state, setState] = useState({ isPlaying: false, nowMs: 0, lengthMs: 0, isMuted: false });
  const [hasText, setText] = useState(true);
  const host = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current && place) video.current.currentTime = place.ms / 1000 + 0.001;
  }, [place]);
  useEffect(() => {
    showText(video.current, hasText);
  }, [hasText, subtitles]);
  if (film.isError) return <FaultNotice error={film.error} retry={() => void film.refetch()} />;
  const note = (): void => {
    const shown = video.current;
    if (!shown) return;
    const nowMs = shown.currentTime * 1000;
    setState({
      isPlaying: !shown.paused && !shown.ended,
      nowMs,
      lengthMs: (shown.duration || 0) * 1000,
      isMuted: shown.muted,
    });
    moved(nowMs);
  };
  const toggle = (): void => void (video.current?.paused ? video.current.play() : video.current?.pause());
  const seek = (ms: number): void => {
    if (video.current) video.current.currentTime = Math.max(0, ms / 1000);
  };
  const mute = (): void => {
    if (video.current) video.current.muted = !video.current.muted;
  };
  const widen = (): void => void (document.fullscreenElement ? document.exitFullscreen() : host.current?.requestFullscreen());
  const press = (event: KeyboardEvent): void => {
    const keys: Record<string, () => void> = {
      " ": toggle,
      k: toggle,
      ArrowLeft: () => seek(state.nowMs - STEP_SECONDS * 1000),
      ArrowRight: () => seek(state.nowMs + STEP_SECONDS * 1000),
      m: mute,
      c: () => setText(!hasText),
      f: widen,
    };
    const work = keys[event.key];
    if (!work || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    work();
  };
  return (
    <div ref={host} className="group overflow-hidden rounded-lg bg-black text-white" onKeyDown={press}>
      <video
        ref={video}
        src={film.data?.url}
        poster={poster.data?.url}
        playsInline
        preload="metadata"
        tabIndex={0}
        aria-label={words.film.film}
        className="max-h-[76dvh] min-h-40 w-full group-[:fullscreen]:h-[calc(100dvh-3.5rem)] group-[:fullscreen]:max-h-none"
        onClick={toggle}
        onTimeUpdate={note}
        onSeeked={note}
        onPlay={note}
        onPause={note}
        onEnded={note}
        onLoadedMetadata={note}
        onVolumeChange={note}
      >
        {subtitles && <track kind="subtitles" label={words.film.subtitles} src={subtitles} default />}
      </video>
      <SeekBar job={job} nowMs={state.nowMs} lengthMs={state.lengthMs} chapters={chapters} seek={seek} />
      <div className="flex h-12 items-center gap-1 px-2 text-sm">
        <Key label={state.isPlaying ? words.film.pause : words.film.play} press={toggle}>
          <path d={state.isPlaying ? "M5 3h4v14H5zM11 3h4v14h-4z" : "M5 3l12 7-12 7z"} />
        </Key>
        <span className="px-1 tabular-nums">
          {clock(state.nowMs)} / {clock(state.lengthMs)}
        </span>
        <span className="mr-auto" />
        {subtitles && (
          <Key label={words.film.subtitles} press={() => setText(!hasText)} isOn={hasText}>
            <path d="M2 4h16v12H2zm2 7v2h5v-2zm7 0v2h5v-2z" fillRule="evenodd" />
          </Key>
        )}
        <Key label={words.film.mute} press={mute} isOn={state.isMuted}>
          <path d={state.isMuted ? "M3 8h3l4-4v12l-4-4H3zM12 7l6 6-1 1-6-6zM17 6l1 1-6 6-1-1z" : "M3 8h3l4-4v12l-4-4H3zM12 6a5 5 0 0 1 0 8z"} />
        </Key>
        <Key label={words.film.wide} press={widen}>
          <path d="M2 2h6v2H4v4H2zM18 2v6h-2V4h-4V2zM2 18v-6h2v4h4v2zM18 18h-6v-2h4v-4h2z" />
        </Key>
      </div>
    </div>
  );
}

/** The subtitles as an address of their own: a track from elsewhere would need the film from there, too. */
function useSubtitles(job: string): string | undefined {
  const { data } = useQuery({ ...assetTextQuery(job, "ASSET_SUBTITLES_VTT"), retry: false });
  return data === undefined ? undefined : `data:text/vtt;base64,${toBase64(data)}`;
}

function showText(video: HTMLVideoElement | null, isShown: boolean): void {
  const track = video?.textTracks[0];
  if (track) track.mode = isShown ? "showing" : "hidden";
}

interface KeyProps {
  label: string;
  press: () => void;
  isOn?: boolean;
  children: ReactNode;
}

function Key({ label, press, isOn, children }: KeyProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      onClick={press}
      className="grid size-10 place-items-center rounded-md opacity-85 hover:bg-white/15 hover:opacity-100 aria-[pressed=true]:text-[#e0b25c]"
    >
      <svg viewBox="0 0 20 20" className="size-5" fill="currentColor" aria-hidden>
        {children}
      </svg>
    </button>
  );
}
