import { expect, test } from "vitest";

import { at, shotsOfCut } from "./cut";
import { thumbnailsOf } from "./thumbnails";

const clip = (name: string, frames: number, shot = "", line = 0) => ({
  OTIO_SCHEMA: "Clip.2",
  name,
  source_range: { duration: { value: frames, rate: 24 } },
  metadata: { film_studio: { shot_id: shot } },
  markers: line ? [{ metadata: { film_studio: { line_first: line } } }] : [],
});

test("a moment is of the shot that the cut has there; transitions take no time", () => {
  const otio = JSON.stringify({
    tracks: {
      children: [
        { kind: "Video", children: [clip("Title card", 72), { OTIO_SCHEMA: "Transition.1", name: "Dip" }, clip("scene 1 shot 1", 48, "s1", 9)] },
      ],
    },
  });
  const shots = shotsOfCut(otio);
  expect(at(shots, 2_999)?.name).toBe("Title card");
  expect(at(shots, 3_000)).toEqual({ shot: "s1", name: "scene 1 shot 1", startMs: 3_000, endMs: 5_000, line: 9 });
  expect(at(shots, 5_000)).toBeUndefined();
});

test("thumbnails are cut out of their sheet", () => {
  const vtt = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nthumbnails.jpg#xywh=0,0,160,90\n\n01:00:02.500 --> 01:00:04.000\nthumbnails.jpg#xywh=160,90,160,90\n";
  expect(thumbnailsOf(vtt)[1]).toEqual({ startMs: 3_602_500, endMs: 3_604_000, x: 160, y: 90, width: 160, height: 90 });
});
