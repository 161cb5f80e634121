/** The files of a render. */
import { useMutation } from "@tanstack/react-query";

import type { Asset, Job } from "../../api/answers";
import { answer, api, idOf } from "../../api/client";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

type Named = Extract<
  Asset,
  | "ASSET_FILM"
  | "ASSET_SUBTITLES_SRT"
  | "ASSET_SUBTITLES_VTT"
  | "ASSET_POSTER"
  | "ASSET_PREVIEW"
  | "ASSET_REPORT"
  | "ASSET_AUDIO"
  | "ASSET_LYRICS"
  | "ASSET_STORYBOARD_PDF"
  | "ASSET_STORYBOARD_HTML"
>;

const OF_FILMS: readonly Named[] = [
  "ASSET_FILM",
  "ASSET_SUBTITLES_SRT",
  "ASSET_SUBTITLES_VTT",
  "ASSET_POSTER",
  "ASSET_PREVIEW",
  "ASSET_REPORT",
];
const OF: Partial<Record<string, readonly Named[]>> = {
  TARGET_STORYBOARD: ["ASSET_STORYBOARD_PDF", "ASSET_STORYBOARD_HTML", "ASSET_REPORT"],
  TARGET_TABLE_READ: ["ASSET_AUDIO", "ASSET_LYRICS", "ASSET_SUBTITLES_VTT", "ASSET_REPORT"],
};

export function Downloads({ job }: { job: Job }) {
  const words = useWords();
  const fetching = useMutation({ mutationFn: (asset: Asset) => download(idOf(job.name), asset) });
  const assets = OF[job.options?.target ?? ""] ?? OF_FILMS;
  return (
    <section aria-label={words.film.downloads}>
      <h2 className="mb-2 font-semibold">{words.film.downloads}</h2>
      <ul className="divide-y divide-line border-y border-line">
        {assets.map((asset) => (
          <li key={asset}>
            <button
              type="button"
              className="flex w-full justify-between py-2.5 text-left hover:text-accent"
              onClick={() => fetching.mutate(asset)}
            >
              {words.film.assets[asset]}
              <span aria-hidden className="text-soft">
                ↓
              </span>
            </button>
          </li>
        ))}
      </ul>
      {fetching.isError && <FaultNotice error={fetching.error} />}
    </section>
  );
}

/** The store answers as a download with a name, so the page stays. */
async function download(job: string, asset: Asset): Promise<void> {
  const params = { path: { job }, query: { asset } };
  const { url, filename } = await answer(api.GET("/api/v1/jobs/{job}/download-url", { params }));
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.click();
}
