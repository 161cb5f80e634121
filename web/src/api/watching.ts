/** Follows a job by its event stream, through lost connections and ended sessions. */
import { useSession } from "../session/session";
import { workspaceHeaders } from "../session/workspace";
import type { Watched } from "./answers";
import { EventReader } from "./event-stream";

const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 8_000;

type Outcome = "ended" | "lost" | "refused";

/** Calls `take` with each message after `since`; ends when the job's stream has, or at `signal`. */
export async function watchJob(
  job: string,
  take: (message: Watched) => void,
  signal: AbortSignal,
  since = 0,
): Promise<void> {
  let sequence = since;
  let waitMs = WAIT_MIN_MS;
  const noted = (message: Watched): void => {
    sequence = Math.max(sequence, Number(message.event?.sequence ?? 0));
    waitMs = WAIT_MIN_MS;
    take(message);
  };
  while (!signal.aborted) {
    const outcome = await streamed(`/api/v1/jobs/${job}/events?sinceSequence=${sequence}`, noted, signal);
    if (outcome === "ended") return;
    if (outcome === "refused" && !(await useSession.getState().renew())) waitMs = WAIT_MAX_MS;
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, WAIT_MAX_MS);
  }
}

async function streamed(url: string, take: (message: Watched) => void, signal: AbortSignal): Promise<Outcome> {
  try {
    const response = await fetch(url, { headers: { accept: "text/event-stream", ...workspaceHeaders() }, signal });
    if (response.status === 404) return "ended";
    if (response.status === 401) return "refused";
    if (!response.ok || response.body === null) return "lost";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const events = new EventReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      for (const event of events.take(piece.value)) {
        if (event.type === "end") return "ended";
        if (event.type === "message") take(JSON.parse(event.data) as Watched);
      }
    }
    return "lost";
  } catch {
    // The connection ended, or we ended it: either way the caller decides by the signal.
    return "lost";
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}
