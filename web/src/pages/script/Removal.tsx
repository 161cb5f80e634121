/** The end of a project, after a question. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";

import type { Project } from "../../api/answers";
import { deleteProject } from "../../api/projects";
import { Modal } from "../../parts/Modal";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

export function Removal({ project }: { project: Project }) {
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
      <button type="button" className="button button-quiet -ml-3 text-sm" onClick={() => setAsking(true)}>
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
