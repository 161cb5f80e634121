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
  const begin = (): void => {
    for (const clip of clips) {
      clip.loop = false;
      clip.currentTime = 0;
      void clip.play().catch(() => undefined);
    }
  };
  for (const clip of clips) {
    clip.addEventListener("ended", () => clips.every((each) => each.ended) && begin(), { signal });
    clip.addEventListener("seeking", () => follow(clip, clips), { signal });
  }
  signal.addEventListener("abort", () => clips.forEach((clip) => (clip.loop = true)));
  begin();
}

function follow(leader: HTMLVideoElement, clips: readonly HTMLVideoElement[]): void {
  for (const clip of clips) {
    const wanted = Math.min(leader.currentTime, clip.duration || 0);
    if (Math.abs(clip.currentTime - wanted) > APART_MAX_SECONDS) clip.currentTime = wanted;
  }
}
