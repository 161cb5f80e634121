/** The files of a render. */
import type { Asset, Job } from "../../api/answers";
import { idOf } from "../../api/client";
import type { FileOf } from "../../api/downloads";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { DownloadAll } from "./DownloadAll";
import { FileButton, FileGroup, FileRow, SmallButton, useDownload } from "./files";
import { CutFiles, ShotFiles } from "./PartFiles";

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
const OF_OUTPUTS = ["ASSET_FILM", "ASSET_SUBTITLES_SRT", "ASSET_SUBTITLES_VTT"] as const;
const OF: Partial<Record<string, readonly Named[]>> = {
  TARGET_STORYBOARD: ["ASSET_STORYBOARD_PDF", "ASSET_STORYBOARD_HTML", "ASSET_REPORT"],
  TARGET_TABLE_READ: ["ASSET_AUDIO", "ASSET_LYRICS", "ASSET_SUBTITLES_VTT", "ASSET_REPORT"],
};

export function Downloads({ job }: { job: Job }) {
  const words = useWords();
  const name = idOf(job.name);
  const fetching = useDownload(name);
  const assets = OF[job.options?.target ?? ""] ?? OF_FILMS;
  const isFilm = assets === OF_FILMS;
  return (
    <section aria-label={words.film.downloads}>
      <h2 className="mb-2 font-semibold">{words.film.downloads}</h2>
      {isFilm && <DownloadAll job={job} />}
      <ul className="divide-y divide-line border-y border-line">
        {assets.map((asset) => (
          <li key={asset}>
            <FileButton name={words.film.assets[asset]} job={name} file={{ asset }} fetch={() => fetching.mutate({ asset })} />
          </li>
        ))}
      </ul>
      {job.outputs.length > 0 && <OutputFiles job={name} outputs={job.outputs} fetch={fetching.mutate} />}
      {isFilm && <CutFiles job={name} />}
      {isFilm && <ShotFiles job={name} fetch={fetching.mutate} />}
      {fetching.isError && <FaultNotice error={fetching.error} />}
    </section>
  );
}

type Outputs = Job["outputs"];

interface OutputProps {
  job: string;
  outputs: Outputs;
  fetch: (file: FileOf) => void;
}

function OutputFiles({ job, outputs, fetch }: OutputProps) {
  const words = useWords();
  return (
    <FileGroup title={words.files.outputs} isOpen>
      {outputs.map(({ name, size, language }) => (
        <FileRow key={name} title={words.files.outputOf(`${size?.widthPx} × ${size?.heightPx}`, language)}>
          {OF_OUTPUTS.map((asset) => {
            const file = { asset, output: name };
            return (
              <SmallButton key={asset} name={words.film.assets[asset]} of={name} job={job} file={file} fetch={() => fetch(file)} />
            );
          })}
        </FileRow>
      ))}
    </FileGroup>
  );
}
