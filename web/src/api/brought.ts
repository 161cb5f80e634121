/** What files may be that people bring, and why one can't be. */

export type BroughtKind = "still" | "clip" | "line" | "music" | "ambience" | "logo" | "font";
const MIB = 1 << 20;

interface Rule {
  maxBytes: number;
  formats: readonly string[];
  /** What the browser's file chooser offers. */
  accept: string;
}

const PICTURE = { formats: ["PNG", "JPEG", "WebP"], accept: "image/png,image/jpeg,image/webp" } as const;
const SOUND = { formats: ["WAV", "FLAC", "MP3"], accept: ".wav,.flac,.mp3,audio/wav,audio/flac,audio/mpeg" } as const;

export const RULES: Readonly<Record<BroughtKind, Rule>> = {
  still: { ...PICTURE, maxBytes: 64 * MIB },
  logo: { ...PICTURE, maxBytes: 64 * MIB },
  clip: { formats: ["MP4", "MOV", "WebM"], accept: ".mov,video/mp4,video/quicktime,video/webm", maxBytes: 256 * MIB },
  line: { ...SOUND, maxBytes: 64 * MIB },
  music: { ...SOUND, maxBytes: 256 * MIB },
  ambience: { ...SOUND, maxBytes: 256 * MIB },
  font: { formats: ["TrueType", "OpenType"], accept: ".ttf,.otf,font/ttf,font/otf", maxBytes: 64 * MIB },
};

/** Why a file can't be sent, before it is: so that nobody waits for a refusal. */
export type FileFault = { fault: "empty" } | { fault: "large"; maxBytes: number } | { fault: "format"; formats: string };

export async function faultOfFile(file: File, kind: BroughtKind): Promise<FileFault | null> {
  const { maxBytes, formats } = RULES[kind];
  if (file.size === 0) return { fault: "empty" };
  if (file.size > maxBytes) return { fault: "large", maxBytes };
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  return formats.includes(formatOf(head)) ? null : { fault: "format", formats: formats.join(", ") };
}

/** The format that a file's first bytes tell, whatever its name says; empty for any other. */
export function formatOf(head: Uint8Array): string {
  const text = String.fromCharCode(...head.subarray(0, 16));
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "PNG";
  if (text.startsWith("\xff\xd8\xff")) return "JPEG";
  if (text.startsWith("RIFF")) return { WEBP: "WebP", WAVE: "WAV" }[text.slice(8, 12)] ?? "";
  if (text.startsWith("fLaC")) return "FLAC";
  if (text.slice(4, 8) === "ftyp") return "MP4";
  if (text.startsWith("\x1a\x45\xdf\xa3")) return "WebM";
  if (text.startsWith("\0\x01\0\0") || text.startsWith("true")) return "TrueType";
  if (text.startsWith("OTTO")) return "OpenType";
  const isFrame = head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2;
  return text.startsWith("ID3") || isFrame ? "MP3" : "";
}
