/** What stands around every page: the way to the projects and the account, the light. */
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { useSession } from "../session/session";
import { WorkspaceChoice } from "./WorkspaceChoice";
import { useWords } from "../words/words";
import { Brand } from "./Brand";
import { usePreferences } from "./preferences";

export function Shell({ children }: { children: ReactNode }) {
  const words = useWords();
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#page" className="button sr-only focus:not-sr-only focus:absolute focus:z-50">
        {words.shell.skip}
      </a>
      <header className="border-b border-line">
        <div className="mx-auto flex min-h-14 w-full max-w-[100rem] flex-wrap items-center gap-x-1 px-3 sm:px-6">
          <Link href="/" className="mr-auto flex min-h-14 min-w-0 items-center gap-2.5">
            <Brand />
          </Link>
          <WorkspaceChoice />
          <nav aria-label={words.shell.main} className="order-last -mx-2 flex w-full items-center gap-1 pb-1 sm:order-none sm:mx-0 sm:w-auto sm:pb-0">
            <NavLink href="/">{words.shell.projects}</NavLink>
            <NavLink href="/library">{words.shell.library}</NavLink>
            <NavLink href="/team">{words.shell.team}</NavLink>
            <NavLink href="/account">{words.shell.account}</NavLink>
          </nav>
          <LightSwitch />
          <SignOut />
        </div>
      </header>
      <main id="page" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        {children}
      </main>
    </div>
  );
}

function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const [place] = useLocation();
  return (
    <Link
      href={href}
      aria-current={place === href ? "page" : undefined}
      className="button button-quiet px-2 aria-[current=page]:text-ink sm:px-3"
    >
      {children}
    </Link>
  );
}

export function LightSwitch() {
  const words = useWords();
  const { shown, chooseTheme } = usePreferences();
  const next = shown === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      className="button button-quiet px-2"
      aria-label={next === "light" ? words.shell.toLight : words.shell.toDark}
      title={next === "light" ? words.shell.toLight : words.shell.toDark}
      onClick={() => chooseTheme(next)}
    >
      <svg viewBox="0 0 20 20" className="size-5" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
        <circle cx="10" cy="10" r="6.2" />
        <path d="M10 3.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
      </svg>
    </button>
  );
}

function SignOut() {
  const words = useWords();
  const [, go] = useLocation();
  const { signOut, user } = useSession();
  return (
    <button
      type="button"
      className="button button-quiet px-2 sm:px-3"
      title={user?.email}
      onClick={() => void signOut().then(() => go("/"))}
    >
      {words.shell.signOut}
    </button>
  );
}
