/** An accent that can be read: moved towards white or black until it stands out enough (WCAG 2.2, 4.5 to 1). */

export const CONTRAST_MIN = 4.5;
const STEPS = 40;

type Colour = readonly [number, number, number];

export function colourOf(hex: string): Colour {
  const number = Number.parseInt(hex.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

export function hexOf(colour: Colour): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

export function contrast(one: Colour, other: Colour): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The nearest to `accent` that can be read on all of `grounds`, which are all dark or all light. */
export function readable(accent: string, grounds: readonly string[]): string {
  const colours = grounds.map(colourOf);
  const isDark = luminance(colours[0] ?? [0, 0, 0]) < 0.2;
  const end: Colour = isDark ? [255, 255, 255] : [0, 0, 0];
  const start = colourOf(accent);
  for (let step = 0; step <= STEPS; step += 1) {
    const tried = mixed(start, end, step / STEPS);
    if (colours.every((ground) => contrast(tried, ground) >= CONTRAST_MIN)) return hexOf(tried);
  }
  return hexOf(end);
}

/** Black or white, whichever is read better on `ground`. */
export function inkOn(ground: string): string {
  const colour = colourOf(ground);
  return contrast(colour, [20, 18, 13]) >= contrast(colour, [255, 255, 255]) ? "#14120d" : "#ffffff";
}

function mixed(from: Colour, to: Colour, share: number): Colour {
  const part = (at: 0 | 1 | 2): number => from[at] + (to[at] - from[at]) * share;
  return [part(0), part(1), part(2)];
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
