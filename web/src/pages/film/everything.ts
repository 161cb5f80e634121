/** All files of a film in one zip: what editing programs are handed, and the stills and versions besides. */
import type { Asset, Job } from "../../api/answers";
import { idOf } from "../../api/client";
import { cutListOf } from "../../api/cuts";
import { type Address, addressOf, type FileOf } from "../../api/downloads";
import { Fault } from "../../api/fault";
import { tasksQuery } from "../../api/jobs";
import { queries } from "../../app/queries";
import { crcAfter, type Packed, zipOf } from "./zip";

/** More than that is not held by a browser's tab. */
export const TOGETHER_MAX_BYTES = 2_000_000_000;
const AT_A_TIME = 6;
const OF_FILMS: readonly Asset[] = [
  "ASSET_FILM",
  "ASSET_SUBTITLES_SRT",
  "ASSET_SUBTITLES_VTT",
  "ASSET_REPORT",
  "ASSET_POSTER",
  "ASSET_PREVIEW",
];
const NAMES: Partial<Record<Asset, string>> = {
  ASSET_FILM: "film.mp4",
  ASSET_SUBTITLES_SRT: "subtitles.srt",
  ASSET_SUBTITLES_VTT: "subtitles.vtt",
  ASSET_REPORT: "report.json",
  ASSET_POSTER: "poster.jpg",
  ASSET_PREVIEW: "preview.webp",
};
const OF_OUTPUTS: readonly Asset[] = ["ASSET_FILM", "ASSET_SUBTITLES_SRT", "ASSET_SUBTITLES_VTT"];

export class TooLarge extends Error {
  constructor(readonly sizeBytes: number) {
    super();
  }
}

/** A file that the store did not give. */
export class LostFile extends Error {}

export interface Gone {
  files: number;
  doneBytes: number;
  allBytes: number;
}

interface Wanted {
  path: string;
  file: FileOf;
}

interface Found {
  path: string;
  address: Address;
}

/** The zip of a film and its name; `told` hears how far it is. Throws Fault, TooLarge, LostFile. */
export async function everythingOf(job: Job, told: (gone: Gone) => void, signal: AbortSignal): Promise<[Blob, string]> {
  const name = idOf(job.name);
  const [cut, edl] = await Promise.all([
    cutListOf(name, "CUT_LIST_FORMAT_OTIO", signal),
    cutListOf(name, "CUT_LIST_FORMAT_EDL", signal).catch(refusedIsNone),
  ]);
  const media = cut.media.map(({ path, task, asset }) => ({ path, file: task ? fileOf(task, asset) : { asset } }));
  const wanted = unique([...filmsFiles(job), ...media, ...(await stillsOf(name, media))]);
  told({ files: wanted.length, doneBytes: 0, allBytes: 0 });
  const found = (await inTurns(wanted, (each) => addressed(name, each, signal))).filter((each) => each !== null);
  const allBytes = found.reduce((sum, { address }) => sum + Number(address.sizeBytes), 0);
  if (allBytes > TOGETHER_MAX_BYTES) throw new TooLarge(allBytes);
  const lists = await Promise.all([cut, edl].filter((list) => list !== null).map((list) => textFile(list.filename, list.content)));
  const gone = { files: found.length + lists.length, doneBytes: 0, allBytes };
  const files: Packed[] = lists;
  for (const each of found) {
    files.push(await fetched(each, signal, (bytes) => told({ ...gone, doneBytes: (gone.doneBytes += bytes) })));
  }
  return [zipOf(files), cut.filename.replace(/\.[a-z]+$/, "") + ".zip"];
}

function fileOf(task: number, asset: Asset): FileOf {
  return asset === "ASSET_UNSPECIFIED" ? { task } : { task, asset };
}

function filmsFiles(job: Job): Wanted[] {
  const own = OF_FILMS.map((asset) => ({ path: NAMES[asset] ?? asset, file: { asset } }));
  const further = job.outputs.flatMap(({ name: output }) =>
    OF_OUTPUTS.map((asset) => ({ path: `versions/${output}/`, file: { asset, output } })),
  );
  return [...own, ...further];
}

/** Those of shots that the cut does not name: of a film it names the clips. */
async function stillsOf(job: string, media: readonly Wanted[]): Promise<Wanted[]> {
  const named = new Set(media.map(({ file }) => file.task));
  const tasks = await queries.fetchQuery(tasksQuery(job));
  return tasks
    .filter(({ kind, name, shotId }) => kind === "TASK_KIND_STILL" && shotId && !named.has(Number(idOf(name))))
    .map(({ name }) => ({ path: "stills/", file: { task: Number(idOf(name)) } }));
}

/** A path that ends with a slash is a folder for the file's own name. */
async function addressed(job: string, { path, file }: Wanted, signal: AbortSignal): Promise<Found | null> {
  const address = await addressOf(job, file, signal).catch(refusedIsNone);
  return address && { address, path: path.endsWith("/") ? path + address.filename : path };
}

/** Not every film has every file: a short one has no preview, a long one no EDL. */
function refusedIsNone(error: unknown): null {
  if (error instanceof Fault && !error.isAway && !error.isSignedOut && error.code !== 429) return null;
  throw error;
}

function unique(wanted: readonly Wanted[]): Wanted[] {
  return [...new Map(wanted.map((each) => [JSON.stringify(each.file), each])).values()];
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += AT_A_TIME) {
    done.push(...(await Promise.all(items.slice(at, at + AT_A_TIME).map(work))));
  }
  return done;
}

async function textFile(path: string, text: string): Promise<Packed> {
  const body = new Blob([text]);
  return { path, body, crc: crcAfter(0, new Uint8Array(await body.arrayBuffer())) };
}

async function fetched({ path, address }: Found, signal: AbortSignal, told: (bytes: number) => void): Promise<Packed> {
  const response = await fetch(address.url, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : new LostFile(path);
  });
  if (!response.ok || response.body === null) throw new LostFile(path);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body.getReader();
  let crc = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    crc = crcAfter(crc, value);
    chunks.push(value);
    told(value.length);
  }
  return { path, body: new Blob(chunks), crc };
}
