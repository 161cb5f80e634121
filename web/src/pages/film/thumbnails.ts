/** Which piece of the sheet of thumbnails shows a moment (WebVTT with #xywh). */

export interface Thumbnail {
  startMs: number;
  endMs: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

const CUE = /(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})\s*\n[^#\n]*#xywh=(\d+),(\d+),(\d+),(\d+)/g;

export function thumbnailsOf(vtt: string): Thumbnail[] {
  return [...vtt.replaceAll("\r", "").matchAll(CUE)].map((found) => {
    const [h1, m1, s1, f1, h2, m2, s2, f2, x, y, width, height] = found.slice(1).map(Number) as number[];
    return {
      startMs: ms(h1, m1, s1, f1),
      endMs: ms(h2, m2, s2, f2),
      x: x ?? 0,
      y: y ?? 0,
      width: width ?? 0,
      height: height ?? 0,
    };
  });
}

function ms(hours = 0, minutes = 0, seconds = 0, fraction = 0): number {
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction;
}
