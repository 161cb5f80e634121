/** The voices that the installation has, and what they are called in the chosen language. */
import { useQuery } from "@tanstack/react-query";

import { poolsQuery } from "../../api/pools";
import { useWords } from "../../words/words";
import { voiceName } from "./voice-name";

export function useVoices(): readonly string[] {
  const pools = useQuery(poolsQuery);
  return [...new Set(pools.data?.flatMap((pool) => pool.voices))].sort();
}

export function useVoiceName(): (voice: string) => string {
  const words = useWords();
  return (voice) => voiceName(voice, words);
}
