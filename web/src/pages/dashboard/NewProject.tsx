/** Begins a project: empty, or with a template's screenplay. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";

import type { Template } from "../../api/answers";
import { idOf } from "../../api/client";
import { createProject, projectOfTemplate, templatesQuery } from "../../api/projects";
import { Field } from "../../parts/Field";
import { Modal } from "../../parts/Modal";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";

export function NewProject({ close }: { close: () => void }) {
  const words = useWords();
  const [, go] = useLocation();
  const known = useQueryClient();
  const templates = useQuery(templatesQuery);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<Template | null>(null);
  const making = useMutation({
    mutationFn: () => (chosen ? projectOfTemplate(name.trim(), chosen) : createProject(name.trim())),
    onSuccess: (project) => {
      void known.invalidateQueries({ queryKey: ["projects"] });
      go(`/projects/${idOf(project.name)}/script`);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <Modal title={words.dashboard.create} close={close}>
      <form onSubmit={submit} className="space-y-5">
        <Field
          label={words.dashboard.name}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <fieldset>
          <legend className="mb-1 text-sm text-soft">{words.dashboard.beginWith}</legend>
          <TemplateChoice title={words.dashboard.blank} isChosen={chosen === null} choose={() => setChosen(null)} />
          {templates.data?.map((template) => (
            <TemplateChoice
              key={template.name}
              title={template.displayName}
              text={template.description}
              isChosen={chosen === template}
              choose={() => setChosen(template)}
            />
          ))}
        </fieldset>
        {making.isError && <FaultNotice error={making.error} />}
        <button type="submit" className="button button-chief w-full" disabled={making.isPending}>
          {words.dashboard.make}
        </button>
      </form>
    </Modal>
  );
}

interface ChoiceProps {
  title: string;
  text?: string;
  isChosen: boolean;
  choose: () => void;
}

function TemplateChoice({ title, text, isChosen, choose }: ChoiceProps) {
  return (
    <label className="mt-2 flex cursor-pointer items-start gap-3 rounded-lg border border-line p-3 has-checked:border-accent">
      <input type="radio" name="template" checked={isChosen} onChange={choose} className="mt-1.5 accent-accent" />
      <span>
        <span className="block font-medium">{title}</span>
        {text && <span className="block text-sm text-soft">{text}</span>}
      </span>
    </label>
  );
}
