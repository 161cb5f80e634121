/** What can be set of a shot; an empty field leaves it to the studio. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { CameraMove, Shot, TakeSettings } from "../../api/answers";
import { poolsQuery } from "../../api/pools";
import { saveSettings } from "../../api/shots";
import { Choice, Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { lasting } from "../../words/forms";
import { useWords } from "../../words/words";
import { useShotChange } from "./ShotSheet";

export function ShotSettings({ project, shot }: { project: string; shot: Shot }) {
  const words = useWords();
  const [given, setGiven] = useState(() => formOf(shot));
  const change = useShotChange(project);
  const pools = useQuery(poolsQuery);
  const bound = (key: keyof Form) => ({
    value: given[key],
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [key]: event.target.value }),
  });
  const poolsOf = (kind: string): (readonly [string, string])[] => [
    ["", words.board.auto],
    ...(pools.data ?? []).filter((pool) => pool.kind === kind).map((pool) => [pool.name, pool.engine?.engine ?? pool.name] as const),
  ];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate(() => saveSettings(project, shot, settingsOf(given)));
  };
  const moves = Object.entries(words.board.moves) as [CameraMove, string][];
  const suggested = words.board.moves[shot.suggestedMove];
  return (
    <details>
      <summary className="font-semibold">{words.board.settings}</summary>
      <form onSubmit={submit} className="mt-3 grid gap-4 sm:grid-cols-2">
        <Field className="sm:col-span-2" label={words.board.prompt} maxLength={2000} {...bound("prompt")} />
        <Field label={words.board.promptAddition} maxLength={2000} {...bound("promptAddition")} />
        <Field label={words.board.negativePrompt} maxLength={2000} {...bound("negativePrompt")} />
        <Choice
          label={words.board.camera}
          options={moves.map(([move, text]) => [move, move === "CAMERA_MOVE_UNSPECIFIED" ? `${words.board.auto}: ${suggested}` : text])}
          {...bound("cameraMove")}
        />
        <Field
          label={words.board.seconds}
          placeholder={lasting(shot.estimatedMs)}
          type="number"
          min={1}
          max={60}
          step={0.1}
          {...bound("seconds")}
        />
        <Field label={words.board.seed} inputMode="numeric" pattern="[0-9]*" maxLength={19} {...bound("seed")} />
        <Choice label={words.board.stillPool} options={poolsOf("TASK_KIND_STILL")} {...bound("stillPool")} />
        <Choice label={words.board.clipPool} options={poolsOf("TASK_KIND_CLIP")} {...bound("clipPool")} />
        <div className="flex items-end gap-3 sm:col-span-2">
          <button type="submit" className="button" disabled={change.isPending}>
            {words.common.save}
          </button>
          {change.isSuccess && (
            <span role="status" className="pb-2 text-soft">
              {words.script.saved}
            </span>
          )}
        </div>
        {change.isError && <FaultNotice error={change.error} />}
      </form>
    </details>
  );
}

interface Form {
  prompt: string;
  promptAddition: string;
  negativePrompt: string;
  seed: string;
  stillPool: string;
  clipPool: string;
  seconds: string;
  cameraMove: string;
}

function formOf(shot: Shot): Form {
  const { settings } = shot;
  return {
    prompt: settings?.prompt ?? "",
    promptAddition: settings?.promptAddition ?? "",
    negativePrompt: settings?.negativePrompt ?? "",
    seed: Number(settings?.seed ?? 0) ? String(settings?.seed) : "",
    stillPool: settings?.stillPool ?? "",
    clipPool: settings?.clipPool ?? "",
    seconds: settings?.durationMs ? String(Number(settings.durationMs) / 1000) : "",
    cameraMove: settings?.cameraMove ?? "CAMERA_MOVE_UNSPECIFIED",
  };
}

export function settingsOf(given: Form): TakeSettings {
  const { seconds, cameraMove, seed, ...texts } = given;
  return {
    ...texts,
    seed: seed || "0",
    durationMs: Math.round(Number(seconds || 0) * 1000),
    cameraMove: cameraMove as CameraMove,
  };
}
