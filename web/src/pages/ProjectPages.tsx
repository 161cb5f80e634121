/** One project: its name, the ways between its pages, and the page that is open. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Redirect } from "wouter";

import { Fault } from "../api/fault";
import { projectQuery } from "../api/projects";
import { useTitle } from "../app/title";
import { NothingHere, PageFault, Waiting } from "../parts/Notice";
import { useWords } from "../words/words";
import { BoardPage } from "./board/BoardPage";
import { CastPage } from "./cast/CastPage";
import { FilmPage } from "./film/FilmPage";
import { LanguagesPage } from "./languages/LanguagesPage";
import { RenderDialog } from "./render/RenderDialog";
import { ScriptPage } from "./script/ScriptPage";

const PAGES = ["script", "cast", "board", "languages", "film"] as const;
type PageName = (typeof PAGES)[number];

export default function ProjectPages({ id, page }: { id: string; page: string }) {
  const words = useWords();
  const project = useQuery(projectQuery(id));
  const [isRendering, setRendering] = useState(false);
  const render = (): void => setRendering(true);
  useTitle(...(isPage(page) ? [words.project[page]] : []), ...(project.data ? [project.data.displayName] : []));
  if (project.isPending) return <Waiting />;
  if (project.error instanceof Fault && project.error.code === 404) return <NothingHere />;
  if (project.isError)
    return <PageFault error={project.error} retry={() => void project.refetch()} />;
  if (!isPage(page)) return <Redirect to={`/projects/${id}/script`} replace />;
  return (
    <>
      <div className="border-b border-line">
        <div className="mx-auto flex max-w-[100rem] flex-wrap items-center min-h-14 gap-x-4 gap-y-1 px-4 py-2 sm:px-6">
          <h1 title={project.data.displayName} className="min-w-0 flex-1 truncate text-lg font-semibold sm:max-w-[32vw] sm:flex-none">
            {project.data.displayName}
          </h1>
          {project.data.latestRevision && (
            <button type="button" className="button button-chief sm:order-last sm:ml-auto" onClick={render}>
              {words.project.render}
            </button>
          )}
          <PageNav id={id} page={page} />
        </div>
      </div>
      {page === "script" && <ScriptPage id={id} project={project.data} />}
      {page === "cast" && <CastPage id={id} />}
      {page === "board" && <BoardPage id={id} render={render} />}
      {page === "languages" && <LanguagesPage id={id} />}
      {page === "film" && <FilmPage id={id} render={render} />}
      {isRendering && <RenderDialog id={id} close={() => setRendering(false)} />}
    </>
  );
}

function PageNav({ id, page }: { id: string; page: PageName }) {
  const words = useWords();
  return (
    <nav aria-label={words.project.pages} className="-ml-2 flex w-full overflow-x-auto text-[0.9rem] sm:w-auto sm:gap-1 sm:text-base">
      {PAGES.map((each) => (
        <Link
          key={each}
          href={`/projects/${id}/${each}`}
          aria-current={each === page ? "page" : undefined}
          className="button button-quiet px-1.5 aria-[current=page]:text-accent sm:px-2"
        >
          {words.project[each]}
        </Link>
      ))}
    </nav>
  );
}

function isPage(page: string): page is PageName {
  return PAGES.some((each) => each === page);
}
