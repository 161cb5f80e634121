/** A colour, chosen by the browser's own chooser; what is wrong with it stands below. */
import { useId } from "react";

interface Props {
  label: string;
  value: string;
  choose: (colour: string) => void;
  fault?: string | undefined;
}

export function ColourField({ label, value, choose, fault }: Props) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-sm text-soft">
        {label}
      </label>
      <input
        id={id}
        type="color"
        className="field h-11 cursor-pointer p-1"
        aria-describedby={fault ? `${id}-fault` : undefined}
        value={value.toLowerCase()}
        onChange={(event) => choose(event.target.value)}
      />
      {fault && (
        <p id={`${id}-fault`} className="mt-1 text-sm text-bad">
          {fault}
        </p>
      )}
    </div>
  );
}
