/** Logo and name of the instance. */
import { useBranding } from "./branding";

export function Brand({ isLarge = false }: { isLarge?: boolean }) {
  const { name, logo } = useBranding();
  return (
    <>
      {logo ? (
        <img src={logo} alt="" className={isLarge ? "h-12" : "h-7"} />
      ) : (
        <svg viewBox="0 0 32 32" className={`shrink-0 text-accent ${isLarge ? "size-12" : "size-7"}`} aria-hidden>
          <circle cx="16" cy="16" r="10.5" fill="none" stroke="currentColor" strokeWidth="3" />
          <circle cx="16" cy="16" r="3" fill="currentColor" />
        </svg>
      )}
      <span className={isLarge ? "sr-only" : "sr-only truncate font-semibold sm:not-sr-only"}>{name}</span>
    </>
  );
}
