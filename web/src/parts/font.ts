/** A font of an address as a family of the page's, as long as it is shown. */
import { useEffect, useState } from "react";

/** The family once it is there, else empty. Read as bytes, for the page's policy lets no font come from elsewhere. */
export function useFont(url: string | undefined, fail?: () => void): string {
  const [family, setFamily] = useState("");
  useEffect(() => {
    if (url === undefined) return;
    let face: FontFace | undefined;
    const ending = new AbortController();
    const load = async (): Promise<void> => {
      const response = await fetch(url, { signal: ending.signal });
      const name = `brought-${crypto.randomUUID()}`;
      face = await new FontFace(name, await response.arrayBuffer()).load();
      if (ending.signal.aborted) return;
      document.fonts.add(face);
      setFamily(name);
    };
    load().catch(() => ending.signal.aborted || fail?.());
    return () => {
      ending.abort();
      if (face) document.fonts.delete(face);
      setFamily("");
    };
    // `fail` is another function each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [url]);
  return family;
}
