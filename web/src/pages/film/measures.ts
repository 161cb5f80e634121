/** What a film's report tells of loudness and of the quality gate. */

export interface Measures {
  loudnessLufs: number | undefined;
  targetLufs: number | undefined;
  truePeakDbtp: number | undefined;
  checks: { pictures: number; speeches: number; captions: number; meant: string[] } | undefined;
  credits: string[];
  /** Letters that the font of the cards lacks. */
  missing: string;
}

interface Report {
  loudness_lufs?: number | null;
  loudness_target_lufs?: number | null;
  true_peak_dbtp?: number | null;
  credits?: string[];
  letters_missing_on_title_card?: string;
  checks?: { pictures_decoded: number; speeches: number; captions: number; meant: { why: string }[] };
}

export function measuresOfReport(report: string): Measures {
  const told = JSON.parse(report) as Report;
  const { checks } = told;
  return {
    loudnessLufs: told.loudness_lufs ?? undefined,
    targetLufs: told.loudness_target_lufs ?? undefined,
    truePeakDbtp: told.true_peak_dbtp ?? undefined,
    checks: checks && {
      pictures: checks.pictures_decoded,
      speeches: checks.speeches,
      captions: checks.captions,
      meant: checks.meant.map(({ why }) => why),
    },
    credits: told.credits ?? [],
    missing: told.letters_missing_on_title_card ?? "",
  };
}

/** "2 fade in, title card": each reason once, in the catalogue's words where it has them. */
export function meantOf(reasons: readonly string[], words: Readonly<Record<string, string>>): string {
  return [...new Set(reasons)]
    .map((why) => [reasons.filter((each) => each === why).length, words[why] ?? why] as const)
    .map(([count, what]) => (count > 1 ? `${count} × ${what}` : what))
    .join(", ");
}
