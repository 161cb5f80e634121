/** In which settings a take differs from the one that the film has. */
import type { Take } from "../../api/answers";
import { idOf } from "../../api/client";
import { lasting } from "../../words/forms";
import type { Words } from "../../words/words";

type Field = keyof Words["steps"]["settings"];

export interface Difference {
  field: Field;
  /** As people read it; empty where the studio chooses. */
  value: string;
}

const FIELDS: readonly Field[] = [
  "prompt",
  "promptAddition",
  "negativePrompt",
  "seed",
  "cameraMove",
  "durationMs",
  "stillPool",
  "clipPool",
];

export function differencesOf(take: Take, chosen: Take, words: Words): Difference[] {
  return FIELDS.flatMap((field) => {
    const value = told(take, field, words);
    return value === told(chosen, field, words) ? [] : [{ field, value }];
  });
}

function told({ settings, seed }: Take, field: Field, words: Words): string {
  // Every take has a seed of its own, whether one was set or not.
  if (field === "seed") return String(seed);
  const value = settings?.[field];
  if (field === "cameraMove") return words.board.moves[settings?.cameraMove ?? "CAMERA_MOVE_UNSPECIFIED"];
  if (field === "durationMs") return value ? lasting(Number(value)) : "";
  return field.endsWith("Pool") ? idOf(String(value ?? "")) : String(value ?? "");
}
