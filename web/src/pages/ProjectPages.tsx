/** One project: its name, the ways between its pages, and the page that is open. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Redirect, useLocation } from "wouter";

import type { Project } from "../api/answers";
import { deleteProject, projectQuery } from "../api/projects";
import { Modal } from "../parts/Modal";
import { FaultNotice, Waiting } from "../parts/Notice";
import { useWords } from "../words/words";
import { BoardPage } from "./board/BoardPage";
import { FilmPage } from "./film/FilmPage";
import { RenderDialog } from "./render/RenderDialog";
import { ScriptPage } from "./script/ScriptPage";

const PAGES = ["script", "board", "film"] as const;
type PageName = (typeof PAGES)[number];

export default function ProjectPages({ id, page }: { id: string; page: string }) {
  const words = useWords();
  const project = useQuery(projectQuery(id));
  const [isRendering, setRendering] = useState(false);
  const render = (): void => setRendering(true);
  if (project.isPending) return <Waiting />;
  if (project.isError)
    return (
      <div className="mx-auto w-full max-w-2xl p-6">
        <FaultNotice error={project.error} retry={() => void project.refetch()} />
      </div>
    );
  if (!isPage(page)) return <Redirect to={`/projects/${id}/script`} replace />;
  return (
    <>
      <div className="border-b border-line">
        <div className="mx-auto flex max-w-[100rem] flex-wrap items-center gap-x-6 gap-y-1 px-4 py-2 sm:px-6">
          <h1 className="min-w-0 truncate text-lg font-semibold">{project.data.displayName}</h1>
          <PageNav id={id} page={page} />
          <div className="ml-auto flex gap-2">
            <Removal project={project.data} />
            {project.data.latestRevision && (
              <button type="button" className="button button-chief" onClick={render}>
                {words.project.render}
              </button>
            )}
          </div>
        </div>
      </div>
      {page === "script" && <ScriptPage id={id} />}
      {page === "board" && <BoardPage id={id} render={render} />}
      {page === "film" && <FilmPage id={id} render={render} />}
      {isRendering && <RenderDialog id={id} close={() => setRendering(false)} />}
    </>
  );
}

function PageNav({ id, page }: { id: string; page: PageName }) {
  const words = useWords();
  return (
    <nav aria-label={words.project.pages} className="-ml-2 flex gap-1">
      {PAGES.map((each) => (
        <Link
          key={each}
          href={`/projects/${id}/${each}`}
          aria-current={each === page ? "page" : undefined}
          className="button button-quiet px-2 aria-[current=page]:text-accent"
        >
          {words.project[each]}
        </Link>
      ))}
    </nav>
  );
}

function Removal({ project }: { project: Project }) {
  const words = useWords();
  const known = useQueryClient();
  const [, go] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const removal = useMutation({
    mutationFn: () => deleteProject(project),
    onSuccess: () => {
      void known.invalidateQueries({ queryKey: ["projects"] });
      go("/");
    },
  });
  return (
    <>
      <button type="button" className="button button-quiet" onClick={() => setAsking(true)}>
        {words.project.remove}
      </button>
      {isAsking && (
        <Modal title={words.project.remove} close={() => setAsking(false)}>
          <p className="mb-5">{words.project.removeSure(project.displayName)}</p>
          {removal.isError && <FaultNotice error={removal.error} />}
          <div className="flex justify-end gap-2">
            <button type="button" className="button" onClick={() => setAsking(false)}>
              {words.common.cancel}
            </button>
            <button
              type="button"
              className="button border-bad text-bad"
              disabled={removal.isPending}
              onClick={() => removal.mutate()}
            >
              {words.project.remove}
            </button>
          </div>
        </Modal>
      )}
    </>
  );
}

function isPage(page: string): page is PageName {
  return PAGES.some((each) => each === page);
}
