/** A text that is shown once, to be copied. */
import { useId, useState } from "react";

import { useWords } from "../words/words";

export function CopyField({ label, value }: { label: string; value: string }) {
  const words = useWords();
  const id = useId();
  const [isCopied, setCopied] = useState(false);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm text-soft">
        {label}
      </label>
      <div className="flex gap-2">
        <input id={id} readOnly value={value} className="field font-script text-sm" onFocus={(event) => event.target.select()} />
        <button
          type="button"
          className="button"
          onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}
        >
          {isCopied ? words.common.copied : words.common.copy}
        </button>
      </div>
    </div>
  );
}
