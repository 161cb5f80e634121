/** A labelled input. */
import { type InputHTMLAttributes, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from "react";

type InputProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  hint?: string;
  /** What stands beside says it to those who see. */
  isLabelHidden?: boolean;
};

export function Field({ label, hint, isLabelHidden = false, className = "", ...input }: InputProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "mb-1 block text-sm text-soft"}>
        {label}
      </label>
      <input id={id} className="field" aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

type AreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & { label: string };

/** A text of some lines, as high as it is long. */
export function Area({ label, className = "", ...area }: AreaProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm text-soft">
        {label}
      </label>
      <textarea id={id} rows={2} className="field field-sizing-content block resize-y" {...area} />
    </div>
  );
}

type ChoiceProps = SelectHTMLAttributes<HTMLSelectElement> & {
  label: string;
  options: readonly (readonly [value: string, text: string])[];
};

export function Choice({ label, options, className = "", ...select }: ChoiceProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm text-soft">
        {label}
      </label>
      <select id={id} className="field" {...select}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

type TickProps = InputHTMLAttributes<HTMLInputElement> & { label: string };

export function Tick({ label, className = "", ...input }: TickProps) {
  return (
    <label className={`flex items-center gap-3 ${className}`}>
      <input type="checkbox" className="size-4 shrink-0 accent-accent" {...input} />
      {label}
    </label>
  );
}
