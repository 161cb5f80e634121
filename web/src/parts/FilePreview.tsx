/** A file that somebody brought: a picture, something that plays, or a line in its letters. */
import { useState } from "react";

import type { BroughtKind } from "../api/brought";
import { useWords } from "../words/words";
import { useFont } from "./font";

interface Props {
  kind: BroughtKind;
  url: string;
  /** What the file is called, for those who don't see it. */
  name: string;
}

export function FilePreview({ kind, url, name }: Props) {
  const words = useWords();
  const [isBroken, setBroken] = useState(false);
  const fail = (): void => setBroken(true);
  if (isBroken) return <p className="text-sm text-soft">{words.bring.broken}</p>;
  if (kind === "font") return <FontSample url={url} fail={fail} />;
  if (kind === "still" || kind === "logo")
    return <img src={url} alt={name} onError={fail} className={`max-h-40 max-w-full rounded ${kind === "logo" ? "chequered p-2" : ""}`} />;
  if (kind === "clip")
    return <video src={url} aria-label={name} onError={fail} controls muted playsInline preload="metadata" className="max-h-48 w-full rounded bg-black" />;
  return <audio src={url} aria-label={name} onError={fail} controls preload="metadata" className="w-full" />;
}

function FontSample({ url, fail }: { url: string; fail: () => void }) {
  const words = useWords();
  const family = useFont(url, fail);
  return (
    <p className={`text-xl leading-snug break-words ${family ? "" : "opacity-0"}`} style={{ fontFamily: family }}>
      {words.bring.sampleText}
    </p>
  );
}
