/** Files that people bring: small ones go with the call that takes them, larger ones straight to the store. */
import type { Answer, Schemas } from "./answers";
import { bytesToBase64 } from "./base64";
import type { BroughtKind } from "./brought";
import { answer, api, idOf } from "./client";

type Upload = Answer<Schemas["Upload"]>;

/** What a call takes in place of a file. */
export type Source = { content: string } | { upload: string };

/** A file that somebody brings, and whose it is. */
export interface Brought {
  source: Source;
  credit: Schemas["Credit"];
  showsPeople: boolean;
}

/** Bytes of a file that still fits into a call. */
export const INLINE_MAX_BYTES = 3_000_000;
const ANY_MEDIA_TYPE = "application/octet-stream";

/** Sends a file as far as it must be; `told` hears the part that has gone, 0 to 1. Throws Fault, StoreFault. */
export async function sourceOf(
  file: File,
  kind: BroughtKind,
  told: (part: number) => void,
  signal: AbortSignal,
): Promise<Source> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (file.size <= INLINE_MAX_BYTES) return { content: bytesToBase64(bytes) };
  const upload = await answer(
    api.POST("/api/v1/uploads", {
      signal,
      body: {
        kind: `UPLOAD_KIND_${kind.toUpperCase()}` as Exclude<Schemas["UploadKind"], "UPLOAD_KIND_UNSPECIFIED">,
        sizeBytes: file.size,
        mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type.toLowerCase() : ANY_MEDIA_TYPE,
        sha256: await sha256(bytes),
        requestId: crypto.randomUUID(),
      },
    }),
  );
  await put(upload, file, told, signal);
  const params = { path: { upload: idOf(upload.name) } };
  await answer(api.POST("/api/v1/uploads/{upload}:complete", { params, body: {}, signal }));
  return { upload: upload.name };
}

/** The store took no file: it can't be reached from here, or does not let this page send any. */
export class StoreFault extends Error {}

/** By XMLHttpRequest, for fetch does not tell how much has gone. */
function put(upload: Upload, file: File, told: (part: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("PUT", upload.putUrl);
    for (const { name, value } of upload.putHeaders) {
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => told(event.loaded / file.size);
    request.onload = () => (request.status < 300 ? done() : fail(new StoreFault(String(request.status))));
    request.onerror = () => fail(new StoreFault(""));
    request.onabort = () => fail(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
