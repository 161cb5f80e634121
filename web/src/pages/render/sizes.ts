/** The sizes that are offered, by proportions; even numbers of pixels, as codecs want them. */
export const ASPECTS = {
  "16:9": ["640x360", "1280x720", "1920x1080", "2560x1440"],
  "2.39:1": ["860x360", "1280x536", "1920x804", "2560x1072"],
  "1:1": ["360x360", "720x720", "1080x1080", "1440x1440"],
  "4:5": ["360x450", "720x900", "1080x1350", "1440x1800"],
  "9:16": ["360x640", "720x1280", "1080x1920", "1440x2560"],
} as const satisfies Record<string, readonly string[]>;

export type Aspect = keyof typeof ASPECTS;
export const ASPECT_NAMES = Object.keys(ASPECTS) as Aspect[];

/** Of which proportions a size is; undefined for one that is not offered. */
export function aspectOf(size: string): Aspect | undefined {
  return ASPECT_NAMES.find((aspect) => (ASPECTS[aspect] as readonly string[]).includes(size));
}

/** A size of other proportions, as fine as this one. */
export function sizeIn(aspect: Aspect, size: string): string {
  const now = aspectOf(size);
  const step = now ? (ASPECTS[now] as readonly string[]).indexOf(size) : 1;
  return ASPECTS[aspect][step] ?? ASPECTS[aspect][1];
}

/** The sizes to choose from while `size` is chosen. */
export function sizesBeside(size: string): readonly string[] {
  const aspect = aspectOf(size);
  return aspect ? ASPECTS[aspect] : [size];
}
