/** What the browser's tab and history call a page. */
import { useEffect } from "react";

import { useBranding } from "./branding";

export function useTitle(...parts: string[]): void {
  const { name } = useBranding();
  const title = [...parts, name].join(" · ");
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = name;
    };
  }, [title, name]);
}
