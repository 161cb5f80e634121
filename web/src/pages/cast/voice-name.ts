/** What people would call a voice. */
import type { Words } from "../../words/words";

/** "bf_emma": accent, kind and name, as the embedded voices and those named alike are called. */
const TELLING = /^([ab])([fm])_([a-z]+)$/;

export function voiceName(voice: string, words: Words): string {
  const [, accent, kind, name] = TELLING.exec(voice) ?? [];
  if (!name) return voice;
  const { accents, kinds, voiceOf } = words.cast;
  return voiceOf(name[0]?.toUpperCase() + name.slice(1), accents[accent as "a" | "b"], kinds[kind as "f" | "m"]);
}
