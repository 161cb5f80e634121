/** Which moments of a film are of which shot: read from its cut list (OpenTimelineIO) and its report. */

export interface CutShot {
  /** The shot's id; empty for cards. */
  shot: string;
  name: string;
  startMs: number;
  endMs: number;
  /** Its first line in the screenplay; 0 if it has none. */
  line: number;
}

export interface Chapter {
  title: string;
  startMs: number;
  endMs: number;
}

interface Marked {
  metadata?: { film_studio?: { shot_id?: string; line_first?: number } };
}

interface Item extends Marked {
  name: string;
  source_range?: { duration: { value: number; rate: number } } | null;
  markers?: Marked[];
}

interface Track {
  kind: string;
  children: Item[];
}

/** The shots of the picture's track, in order. */
export function shotsOfCut(otio: string): CutShot[] {
  const document = JSON.parse(otio) as { tracks?: { children?: Track[] } };
  const picture = document.tracks?.children?.find((track) => track.kind === "Video");
  const shots: CutShot[] = [];
  let atMs = 0;
  for (const item of picture?.children ?? []) {
    if (!item.source_range) continue;
    const { value, rate } = item.source_range.duration;
    const endMs = atMs + (value / rate) * 1000;
    const shot = item.metadata?.film_studio?.shot_id ?? "";
    const line = item.markers?.[0]?.metadata?.film_studio?.line_first ?? 0;
    shots.push({ shot, name: item.name, startMs: atMs, endMs, line });
    atMs = endMs;
  }
  return shots;
}

export function chaptersOfReport(report: string): Chapter[] {
  const told = JSON.parse(report) as { chapters?: { title: string; start_ms: number; end_ms: number }[] };
  return (told.chapters ?? []).map((each) => ({ title: each.title, startMs: each.start_ms, endMs: each.end_ms }));
}

export function at<T extends { startMs: number; endMs: number }>(parts: readonly T[], ms: number): T | undefined {
  return parts.find((part) => ms >= part.startMs && ms < part.endMs);
}
