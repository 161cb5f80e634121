/** Which page is shown: by the address, and by who is signed in. */
import { lazy, Suspense, useEffect, useLayoutEffect } from "react";
import { Redirect, Route, Switch } from "wouter";

import { Entry } from "../pages/Entry";
import { Dashboard } from "../pages/dashboard/Dashboard";
import { NothingHere, Waiting } from "../parts/Notice";
import { Modal } from "../parts/Modal";
import { SignInForm } from "../session/SignInForm";
import { useSession } from "../session/session";
import { useWords } from "../words/words";
import { paint, useBranding } from "./branding";
import { usePreferences } from "./preferences";
import { Shell } from "./Shell";

const ProjectPages = lazy(() => import("../pages/ProjectPages"));
const LibraryPage = lazy(() => import("../pages/library/LibraryPage"));
const TeamPage = lazy(() => import("../pages/team/TeamPage"));
const AccountPage = lazy(() => import("../pages/account/AccountPage"));

export function Studio() {
  const standing = useSession((session) => session.standing);
  const isAway = useSession((session) => session.isAway);
  const { shown, language } = usePreferences();
  const { accent, name } = useBranding();
  const words = useWords();
  useEffect(() => paint(accent, shown), [accent, shown]);
  // Before the effects of pages, which have titles of their own.
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    document.title = name;
  }, [language, name]);
  if (standing === "unknown") return <Waiting {...(isAway && { label: words.fault.away })} />;
  if (standing === "out") return <Outside />;
  return (
    <Shell>
      <Suspense fallback={<Waiting />}>
        <Inside />
      </Suspense>
      {standing === "expired" && (
        <Modal title={words.entry.expired}>
          <p className="mb-4 text-soft">{words.entry.expiredHint}</p>
          <SignInForm />
        </Modal>
      )}
    </Shell>
  );
}

function Outside() {
  return (
    <Switch>
      <Route path="/register">
        <Entry kind="register" />
      </Route>
      <Route>
        <Entry kind="sign-in" />
      </Route>
    </Switch>
  );
}

function Inside() {
  return (
    <Switch>
      <Route path="/" component={Dashboard} />
      <Route path="/projects/:project/:page?">
        {({ project, page }) => <ProjectPages key={project} id={project} page={page ?? ""} />}
      </Route>
      <Route path="/library" component={LibraryPage} />
      <Route path="/team" component={TeamPage} />
      <Route path="/account" component={AccountPage} />
      <Route path="/sign-in">
        <Redirect to="/" replace />
      </Route>
      <Route path="/register">
        <Redirect to="/" replace />
      </Route>
      <Route>
        <NothingHere />
      </Route>
    </Switch>
  );
}
