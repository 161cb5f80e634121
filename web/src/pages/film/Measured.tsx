/** What was measured of a film, and what the quality gate found: from its report. */
import type { ReactNode } from "react";

import { usePreferences } from "../../app/preferences";
import { useWords } from "../../words/words";
import { type Measures, meantOf } from "./measures";

export function Measured({ measures }: { measures: Measures }) {
  const words = useWords();
  const language = usePreferences((chosen) => chosen.language);
  const { loudnessLufs, targetLufs, truePeakDbtp, checks, credits, missing } = measures;
  const written = (value: number): string => value.toLocaleString(language, { maximumFractionDigits: 1 });
  return (
    <section aria-label={words.measured.title}>
      <h2 className="mb-2 font-semibold">{words.measured.title}</h2>
      <dl className="space-y-2 text-sm">
        {loudnessLufs !== undefined && (
          <Row name={words.measured.loudness}>
            {words.measured.loudnessOf(written(loudnessLufs), written(targetLufs ?? loudnessLufs))}
          </Row>
        )}
        {truePeakDbtp !== undefined && <Row name={words.measured.peak}>{words.measured.peakOf(written(truePeakDbtp))}</Row>}
        {credits.length > 0 && <Row name={words.measured.credits}>{credits.join(", ")}</Row>}
      </dl>
      {checks && (
        <p className="mt-3 text-sm">
          <span aria-hidden className="mr-1.5 text-good">
            ✓
          </span>
          {words.measured.passed(checks.pictures.toLocaleString(language), checks.speeches, checks.captions)}
        </p>
      )}
      {checks && checks.meant.length > 0 && (
        <p className="mt-1 text-sm text-soft">{words.measured.meant(meantOf(checks.meant, words.measured.reasons))}</p>
      )}
      {missing && <p className="mt-2 text-sm text-warn">{words.measured.missing(missing)}</p>}
    </section>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap justify-between gap-x-4">
      <dt className="text-soft">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}
