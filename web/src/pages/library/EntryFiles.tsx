/** The files that an entry of the library holds, to be seen and heard, and whose they are. */
import type { LibraryEntry } from "../../api/answers";
import { FilePreview } from "../../parts/FilePreview";
import { useWords } from "../../words/words";

const KINDS = { logo: "logo", title_font: "font", text_font: "font", file: "music" } as const;

export function EntryFiles({ entry }: { entry: LibraryEntry }) {
  const words = useWords();
  const { brandKit, music } = entry.content ?? {};
  const held = { logo: brandKit?.logo, title_font: brandKit?.titleFont, text_font: brandKit?.textFont, file: music?.file };
  return (
    <>
      {entry.files.map(({ field, file }) => {
        const kind = KINDS[field as keyof typeof KINDS];
        const { credit, artifact, family } = held[field as keyof typeof held] ?? {};
        return (
          <figure key={field + artifact?.digest} className="mt-3">
            {file && <FilePreview kind={kind} url={file.url} name={`${entry.displayName}, ${words.shelf.files[field]}`} />}
            <figcaption className="mt-1 text-sm break-words text-soft">
              {family && `${family}. `}
              {words.own.by(credit?.creator ?? "", credit?.licence ?? "")}
            </figcaption>
          </figure>
        );
      })}
      {brandKit?.groundColour && (
        <p className="mt-3 flex overflow-hidden rounded ring-1 ring-line" aria-hidden>
          {[brandKit.groundColour, brandKit.textColour, brandKit.accentColour].filter(Boolean).map((colour) => (
            <span key={colour} className="h-6 flex-1" style={{ backgroundColor: colour }} />
          ))}
        </p>
      )}
    </>
  );
}
