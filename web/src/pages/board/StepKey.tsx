/** Plays the clips of a shot's takes in step: together from the start, and together to where one is moved. */
import { type RefObject, useEffect, useRef, useState } from "react";

import { useWords } from "../../words/words";

/** Clips that are no further apart than this are together. */
const APART_MAX_SECONDS = 0.08;

export function StepKey({ host }: { host: RefObject<HTMLElement | null> }) {
  const words = useWords();
  const [isPlaying, setPlaying] = useState(false);
  const ending = useRef(new AbortController());
  useEffect(() => () => ending.current.abort(), []);
  const press = (): void => {
    const clips = [...(host.current?.querySelectorAll("video") ?? [])];
    ending.current.abort();
    if (isPlaying) clips.forEach((clip) => clip.pause());
    else {
      ending.current = new AbortController();
      inStep(clips, ending.current.signal);
    }
    setPlaying(!isPlaying);
  };
  return (
    <button type="button" className="button" aria-pressed={isPlaying} onClick={press}>
      {isPlaying ? words.steps.pause : words.steps.play}
    </button>
  );
}

/** Until the signal. A shorter clip waits for the longest, then all begin again. */
function inStep(clips: readonly HTMLVideoElement[], signal: AbortSignal): void {
  const begin = async (): Promise<void> => {
    await Promise.all(clips.map((clip) => ready(clip, signal)));
    if (signal.aborted) return;
    for (const clip of clips) {
      clip.loop = false;
      clip.currentTime = 0;
    }
    await Promise.all(clips.map((clip) => clip.play().catch(() => undefined)));
  };
  for (const clip of clips) {
    clip.addEventListener("ended", () => clips.every((each) => each.ended) && void begin(), { signal });
    clip.addEventListener("seeking", () => follow(clip, clips), { signal });
  }
  clips[0]?.addEventListener("timeupdate", () => clips[0] && follow(clips[0], clips), { signal });
  signal.addEventListener("abort", () => clips.forEach((clip) => (clip.loop = true)));
  void begin();
}

/** Once it can be played; one that can't be had does not hold up the others. */
function ready(clip: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  if (clip.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) return Promise.resolve();
  return new Promise((done) => {
    for (const event of ["canplay", "error"]) clip.addEventListener(event, () => done(), { signal, once: true });
    signal.addEventListener("abort", () => done());
    clip.preload = "auto";
    clip.load();
  });
}

/** One that has come to its end stays there. */
function follow(leader: HTMLVideoElement, clips: readonly HTMLVideoElement[]): void {
  for (const clip of clips) {
    const wanted = Math.min(leader.currentTime, clip.duration || 0);
    const isOver = clip.ended && wanted >= clip.duration - APART_MAX_SECONDS;
    if (!isOver && !leader.ended && Math.abs(clip.currentTime - wanted) > APART_MAX_SECONDS) clip.currentTime = wanted;
  }
}
