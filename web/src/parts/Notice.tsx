/** What there is to say instead of content: nothing yet, or a fault with what mends it. */
import type { ReactNode } from "react";
import { Link } from "wouter";

import { Fault } from "../api/fault";
import { useWords } from "../words/words";

export function EmptyNotice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto max-w-md px-6 py-16 text-center">
      <h2 className="text-xl font-semibold">{title}</h2>
      <div className="mt-2 space-y-4 text-soft">{children}</div>
    </div>
  );
}

/** Where an address leads nowhere. */
export function NothingHere() {
  const words = useWords();
  return (
    <div className="mx-auto max-w-md px-6 py-16 text-center">
      <h1 className="mb-4 text-xl font-semibold">{words.common.nothingHere}</h1>
      <Link href="/" className="button">
        {words.shell.projects}
      </Link>
    </div>
  );
}

export function FaultNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  const words = useWords();
  const text = useFaultText(error);
  return (
    <div role="alert" className="rounded-lg border border-bad/50 bg-bad/10 p-4">
      <p className="font-medium">{text}</p>
      {error instanceof Fault && error.fields.length > 0 && (
        <ul className="mt-1 list-disc pl-5 text-sm">
          {error.fields.map((each) => (
            <li key={each.field + each.description}>
              {each.field}: {each.description}
            </li>
          ))}
        </ul>
      )}
      {error instanceof Fault && error.requestId && (
        <p className="mt-1 text-xs text-soft">
          {words.fault.request} {error.requestId}
        </p>
      )}
      {retry && (
        <button type="button" className="button mt-3" onClick={retry}>
          {words.fault.again}
        </button>
      )}
    </div>
  );
}

/** A fault where a page would be. */
export function PageFault(fault: { error: unknown; retry?: () => void }) {
  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-10 sm:px-6">
      <FaultNotice {...fault} />
    </div>
  );
}

export function useFaultText(error: unknown): string {
  const words = useWords();
  if (error instanceof Fault && error.isAway) return words.fault.away;
  if (error instanceof Fault && error.isSignedOut) return words.fault.signedOut;
  return error instanceof Error ? error.message : String(error);
}

export function Waiting({ label }: { label?: string }) {
  const words = useWords();
  return (
    <p role="status" className="animate-pulse px-6 py-16 text-center text-soft">
      {label ?? words.common.loading}
    </p>
  );
}
