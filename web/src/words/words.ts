/** The message catalogue: every text that the studio shows, in the chosen language. */
import { usePreferences } from "../app/preferences";
import { de } from "./de";
import { en } from "./en";

type Widened<T> = T extends string
  ? string
  : T extends (...given: infer G) => string
    ? (...given: G) => string
    : { readonly [K in keyof T]: Widened<T[K]> };

export type Words = Widened<typeof en>;

export const CATALOGUE: Readonly<Record<"en" | "de", Words>> = { en, de };

export function useWords(): Words {
  return CATALOGUE[usePreferences((chosen) => chosen.language)];
}
