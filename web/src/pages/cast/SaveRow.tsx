/** What a card's form ends with: the fault, the button that saves, and that it is saved. */
import type { ReactNode } from "react";

import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import type { useEdits } from "./useEdits";

interface Props extends Pick<ReturnType<typeof useEdits>, "isChanged" | "saving"> {
  /** What stands beside the button. */
  children?: ReactNode;
}

export function SaveRow({ isChanged, saving, children }: Props) {
  const words = useWords();
  return (
    <>
      {saving.isError && <FaultNotice error={saving.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" className="button" disabled={!isChanged || saving.isPending}>
          {words.cast.save}
        </button>
        {children}
        {saving.isSuccess && !isChanged && (
          <span role="status" className="text-sm text-soft">
            {words.cast.saved}
          </span>
        )}
      </div>
    </>
  );
}
