/** The account: who one is, how the studio looks, keys, quota, webhooks, password. */
import type { ReactNode } from "react";

import { type Language, type Theme, usePreferences } from "../../app/preferences";
import { useTitle } from "../../app/title";
import { Choice } from "../../parts/Field";
import { useSession } from "../../session/session";
import { useWords } from "../../words/words";
import { Keys } from "./Keys";
import { PasswordForm } from "./PasswordForm";
import { QuotaView } from "./QuotaView";
import { Webhooks } from "./Webhooks";

const LANGUAGES = [
  ["en", "English"],
  ["de", "Deutsch"],
] as const;

export default function AccountPage() {
  const words = useWords();
  useTitle(words.account.title);
  const user = useSession((session) => session.user);
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-8 sm:px-6 sm:py-12">
      <h1 className="text-3xl font-semibold">{words.account.title}</h1>
      <p className="mt-1 text-soft">
        {user?.displayName}, {user?.email}
      </p>
      <Part title={words.account.look}>
        <Look />
      </Part>
      <Part title={words.account.quota}>
        <QuotaView />
      </Part>
      <Part title={words.account.keys} hint={words.account.keysHint}>
        <Keys />
      </Part>
      <Part title={words.account.webhooks} hint={words.account.webhooksHint}>
        <Webhooks />
      </Part>
      <Part title={words.account.password} hint={words.account.passwordHint}>
        <PasswordForm />
      </Part>
    </div>
  );
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className="mt-12">
      <h2 className="text-xl font-semibold">{title}</h2>
      {hint && <p className="mt-1 text-soft">{hint}</p>}
      <div className="mt-4">{children}</div>
    </section>
  );
}

function Look() {
  const words = useWords();
  const { language, theme, chooseLanguage, chooseTheme } = usePreferences();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Choice
        label={words.account.language}
        value={language}
        onChange={(event) => chooseLanguage(event.target.value as Language)}
        options={LANGUAGES}
      />
      <Choice
        label={words.account.theme}
        value={theme}
        onChange={(event) => chooseTheme(event.target.value as Theme)}
        options={[
          ["auto", words.account.auto],
          ["dark", words.shell.toDark],
          ["light", words.shell.toLight],
        ]}
      />
    </div>
  );
}
