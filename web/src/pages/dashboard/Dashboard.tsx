/** All projects, and the ways to begin one. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";

import { idOf } from "../../api/client";
import { projectOfFile, SCREENPLAY_MAX_BYTES, useProjects } from "../../api/projects";
import { EmptyNotice, FaultNotice, Waiting } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { FileDrop, FilePicker } from "./FileDrop";
import { NewProject } from "./NewProject";
import { ProjectCard } from "./ProjectCard";

export function Dashboard() {
  const words = useWords();
  const [isNew, setNew] = useState(false);
  const projects = useProjects();
  const bring = useImport();
  const found = projects.data?.pages.flatMap((page) => page.projects) ?? [];
  return (
    <FileDrop take={(file) => bring.mutate(file)}>
      <div className="mx-auto w-full max-w-[100rem] px-4 py-8 sm:px-6 sm:py-12">
        <div className="mb-8 flex flex-wrap items-center justify-between gap-3">
          <h1 className="text-3xl font-semibold">{words.dashboard.title}</h1>
          <div className="flex gap-2">
            <FilePicker take={(file) => bring.mutate(file)} isBusy={bring.isPending} />
            <button type="button" className="button button-chief" onClick={() => setNew(true)}>
              {words.dashboard.create}
            </button>
          </div>
        </div>
        {bring.isError && <FaultNotice error={bring.error} />}
        {projects.isPending && <Waiting />}
        {projects.isError && <FaultNotice error={projects.error} retry={() => void projects.refetch()} />}
        {projects.isSuccess && found.length === 0 && (
          <EmptyNotice title={words.dashboard.empty}>
            <p>{words.dashboard.emptyHint}</p>
          </EmptyNotice>
        )}
        <ul className="grid grid-cols-1 gap-x-6 gap-y-9 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
          {found.map((project) => (
            <ProjectCard key={project.name} project={project} />
          ))}
        </ul>
        {projects.hasNextPage && (
          <button type="button" className="button mx-auto mt-10 flex" onClick={() => void projects.fetchNextPage()}>
            {words.common.more}
          </button>
        )}
      </div>
      {isNew && <NewProject close={() => setNew(false)} />}
    </FileDrop>
  );
}

function useImport() {
  const words = useWords();
  const [, go] = useLocation();
  const known = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => {
      if (file.size > SCREENPLAY_MAX_BYTES) throw new Error(words.dashboard.tooLarge);
      return projectOfFile(file);
    },
    onSuccess: (project) => {
      void known.invalidateQueries({ queryKey: ["projects"] });
      go(`/projects/${idOf(project.name)}/script`);
    },
  });
}
