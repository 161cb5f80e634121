/** The way in: sign in, or make an account. */
import { Link } from "wouter";

import { Brand } from "../app/Brand";
import { useBranding } from "../app/branding";
import { LightSwitch } from "../app/Shell";
import { RegisterForm } from "../session/RegisterForm";
import { SignInForm } from "../session/SignInForm";
import { useWords } from "../words/words";

export function Entry({ kind }: { kind: "sign-in" | "register" }) {
  const words = useWords();
  const { name } = useBranding();
  const isNew = kind === "register";
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <Brand isLarge />
        <h1 className="mt-6 text-3xl font-semibold">{isNew ? words.entry.welcomeNew : name}</h1>
        <p className="mt-2 mb-8 text-soft">{words.entry.promise}</p>
        {isNew ? <RegisterForm /> : <SignInForm />}
        <p className="mt-6 flex items-center justify-between text-soft">
          {isNew ? (
            <Link href="/sign-in" className="link">
              {words.entry.toSignIn}
            </Link>
          ) : (
            <Link href="/register" className="link">
              {words.entry.toRegister}
            </Link>
          )}
          <LightSwitch />
        </p>
      </div>
    </main>
  );
}
