/** What a film is made of, to take along: its timeline, the sound of its scenes, its stills and clips. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { idOf } from "../../api/client";
import { type CutFormat, cutListOf } from "../../api/cuts";
import type { FileOf } from "../../api/downloads";
import { type Task, tasksQuery } from "../../api/jobs";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { FileButton, FileGroup, FileRow, save, SmallButton } from "./files";

const STEMS = ["ASSET_STEM_DIALOGUE", "ASSET_STEM_MUSIC", "ASSET_STEM_EFFECTS"] as const;
const OF_SHOTS = { TASK_KIND_STILL: "still", TASK_KIND_CLIP: "clip", TASK_KIND_SPEECH: "line" } as const;
/** A browser has taken the text long before. */
const KEPT_MS = 60_000;

export function CutFiles({ job }: { job: string }) {
  const words = useWords();
  const fetching = useMutation({ mutationFn: (format: CutFormat) => saveCut(job, format) });
  return (
    <FileGroup title={words.files.timeline}>
      <li>
        <FileButton name={words.files.otio} fetch={() => fetching.mutate("CUT_LIST_FORMAT_OTIO")} />
      </li>
      <li>
        <FileButton name={words.files.edl} fetch={() => fetching.mutate("CUT_LIST_FORMAT_EDL")} />
      </li>
      {fetching.isError && <FaultNotice error={fetching.error} />}
    </FileGroup>
  );
}

async function saveCut(job: string, format: CutFormat): Promise<void> {
  const { content, filename, mediaType } = await cutListOf(job, format);
  const url = URL.createObjectURL(new Blob([content], { type: mediaType }));
  save(url, filename);
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

export function ShotFiles({ job, fetch }: { job: string; fetch: (file: FileOf) => void }) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const tasks = useQuery({ ...tasksQuery(job), enabled: isOpen });
  const open = (): void => setOpen(true);
  const scenes = (tasks.data ?? []).filter(isSceneCut);
  return (
    <>
      <FileGroup title={words.files.stems} opened={open}>
        {tasks.isFetched && scenes.length === 0 && <li className="text-soft">{words.files.none}</li>}
        {scenes.map((task) => (
          <FileRow key={task.name} title={task.displayName}>
            {STEMS.map((asset) => (
              <SmallButton
                key={asset}
                name={words.files.stemsOf[asset]}
                of={task.displayName}
                job={job}
                file={{ asset, task: Number(idOf(task.name)) }}
                fetch={() => fetch({ asset, task: Number(idOf(task.name)) })}
              />
            ))}
          </FileRow>
        ))}
      </FileGroup>
      <FileGroup title={words.files.shots} opened={open}>
        {shotsOf(tasks.data ?? []).map(([shot, made]) => (
          <FileRow key={shot} title={made[0]?.displayName.replace(/ [a-z]+( \d+)?$/, "") ?? shot}>
            {made.map((task) => (
              <SmallButton
                key={task.name}
                name={words.files[OF_SHOTS[task.kind as keyof typeof OF_SHOTS]]}
                of={task.displayName}
                job={job}
                file={{ task: Number(idOf(task.name)) }}
                fetch={() => fetch({ task: Number(idOf(task.name)) })}
              />
            ))}
          </FileRow>
        ))}
      </FileGroup>
      {tasks.isError && <FaultNotice error={tasks.error} />}
    </>
  );
}

/** The film's own: further versions have segments, too. */
function isSceneCut({ kind, shotId, displayName }: Task): boolean {
  return kind === "TASK_KIND_SEGMENT" && !shotId && !displayName.startsWith("output ");
}

/** What was made of each shot, in the plan's order. */
function shotsOf(tasks: readonly Task[]): [string, Task[]][] {
  const shots = new Map<string, Task[]>();
  for (const task of tasks) {
    if (!(task.kind in OF_SHOTS) || !task.shotId) continue;
    shots.set(task.shotId, [...(shots.get(task.shotId) ?? []), task]);
  }
  return [...shots];
}
