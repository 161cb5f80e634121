/** What is chosen for a render, and what the API is told of it. */
import type { Job, RenderOptions, Schemas } from "../../api/answers";

export const TARGETS = ["TARGET_STORYBOARD", "TARGET_ANIMATIC", "TARGET_FILM", "TARGET_TABLE_READ"] as const;
export const LOUDNESS = [-14_000, -16_000, -23_000] as const;
export const LOWER_THIRDS = ["LOWER_THIRD_KIND_NAMES", "LOWER_THIRD_KIND_PLACES"] as const;
export const FORMS = ["FILM_FORM_UNSPECIFIED", "FILM_FORM_MP4_AV1", "FILM_FORM_WEBM"] as const;
const SIZE = "1280x720";
const LOUDNESS_MILLILUFS = -16_000;

export interface OutputChoice {
  /** Empty for the film's own proportions. */
  aspect: string;
  /** Empty for the film's own language. */
  language: string;
  captionsOnly: boolean;
  form: Schemas["FilmForm"];
}

export interface Choices {
  target: (typeof TARGETS)[number];
  size: string;
  quality: "QUALITY_FULL" | "QUALITY_PROXY";
  narrate: boolean;
  loudnessMillilufs: number;
  lowerThirds: readonly (typeof LOWER_THIRDS)[number][];
  /** Scene numbers, "3, 5-7"; empty for all. */
  scenes: string;
  outputs: readonly OutputChoice[];
}

/** What was chosen last; the first render of all is of its stills. A part is not rendered again by itself. */
export function choicesAfter(newest: Job | undefined): Choices {
  const last = newest?.options;
  const target = TARGETS.find((each) => each === last?.target) ?? "TARGET_STORYBOARD";
  return {
    target: newest?.state === "JOB_STATE_COMPLETED" && target === "TARGET_STORYBOARD" ? "TARGET_FILM" : target,
    size: last?.size ? `${last.size.widthPx}x${last.size.heightPx}` : SIZE,
    quality: last?.quality === "QUALITY_PROXY" ? "QUALITY_PROXY" : "QUALITY_FULL",
    narrate: last?.narrate ?? true,
    loudnessMillilufs: last?.loudnessTargetMillilufs || LOUDNESS_MILLILUFS,
    lowerThirds: LOWER_THIRDS.filter((kind) => last?.lowerThirds.includes(kind)),
    scenes: "",
    outputs: (last?.outputs ?? []).map(({ aspect, language, captionsOnly, form }) => ({ aspect, language, captionsOnly, form })),
  };
}

/** Only these are films, and have further versions and texts over the picture. */
export function isFilm({ target }: Choices): boolean {
  return target === "TARGET_FILM" || target === "TARGET_ANIMATIC";
}

export function optionsOf(given: Choices): RenderOptions {
  const { target, size, quality, narrate, loudnessMillilufs, lowerThirds, outputs } = given;
  const [widthPx = 0, heightPx = 0] = size.split("x").map(Number);
  const scenes = given.scenes.split(/[\s,;]+/).filter(Boolean);
  return {
    target,
    size: { widthPx, heightPx },
    quality,
    ...(!narrate && { narrate }),
    ...(loudnessMillilufs !== LOUDNESS_MILLILUFS && { loudnessTargetMillilufs: loudnessMillilufs }),
    ...(scenes.length > 0 && { selection: { scenes } }),
    ...(isFilm(given) && lowerThirds.length > 0 && { lowerThirds: [...lowerThirds] }),
    ...(isFilm(given) && outputs.length > 0 && { outputs: outputs.map(told) }),
  };
}

function told({ aspect, language, captionsOnly, form }: OutputChoice): Schemas["Output"] {
  return {
    ...(aspect && { aspect }),
    ...(language && { language, captionsOnly }),
    ...(form !== "FILM_FORM_UNSPECIFIED" && { form }),
  };
}
