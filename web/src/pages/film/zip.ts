/** Files in one, as they are: films and stills are packed already. Up to 4 GB; names in UTF-8. */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const VERSION = 20;
const UTF8 = 0x0800;
/** 1980-01-01, the first day that a zip knows: the same files are the same bytes. */
const DATE = 0x0021;

export interface Packed {
  path: string;
  body: Blob;
  crc: number;
}

export function zipOf(files: readonly Packed[]): Blob {
  const parts: BlobPart[] = [];
  const index: BlobPart[] = [];
  let offset = 0;
  let indexBytes = 0;
  for (const { path, body, crc } of files) {
    const name = new TextEncoder().encode(path);
    const head = [VERSION, UTF8, 0, 0, DATE] as const;
    const sizes = [crc, body.size, body.size] as const;
    const local = fields(LOCAL_BYTES, [4, LOCAL], ...shorts(head), ...longs(sizes), [2, name.length], [2, 0]);
    parts.push(local, name, body);
    const rest = [[2, name.length], ...shorts([0, 0, 0, 0]), [4, 0], [4, offset]] as const;
    index.push(fields(CENTRAL_BYTES, [4, CENTRAL], [2, VERSION], ...shorts(head), ...longs(sizes), ...rest), name);
    offset += LOCAL_BYTES + name.length + body.size;
    indexBytes += CENTRAL_BYTES + name.length;
  }
  const count = files.length;
  const end = fields(END_BYTES, [4, END], ...shorts([0, 0, count, count]), [4, indexBytes], [4, offset], [2, 0]);
  return new Blob([...parts, ...index, end], { type: "application/zip" });
}

type Part = readonly [bytes: 2 | 4, value: number];

function shorts(values: readonly number[]): Part[] {
  return values.map((value) => [2, value] as const);
}

function longs(values: readonly number[]): Part[] {
  return values.map((value) => [4, value] as const);
}

function fields(length: number, ...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of parts) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The checksum of bytes that follow those with the checksum `before`; 0 begins. */
export function crcAfter(before: number, bytes: Uint8Array): number {
  let crc = ~before >>> 0;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
