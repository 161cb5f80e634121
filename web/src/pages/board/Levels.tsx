/** How loud lines, single sounds, music and ambience are, against what the mix would have. */
import { type FormEvent, useState } from "react";

import type { Schemas, TimelineScene, TimelineShot } from "../../api/answers";
import { saveLevels, saveSceneLevels } from "../../api/shots";
import { Field, Tick } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { useWords } from "../../words/words";
import { useShotChange } from "./ShotSheet";

const GAIN_MIN_DB = -60;
const GAIN_MAX_DB = 12;

type Level = Schemas["Level"];

/** A level as it stands in the form: decibels as written, and whether it is silent. */
export interface Given {
  gain: string;
  muted: boolean;
}

interface Sound {
  key: string;
  label: string;
  level: Level | undefined;
}

export function ShotLevels({ project, shot }: { project: string; shot: TimelineShot }) {
  const words = useWords();
  const change = useShotChange(project);
  const lines = shot.lines.map((text, index) => ({
    key: String(index + 1),
    label: words.own.line(index + 1, text),
    level: shot.edit?.lines.find((each) => each.line === index + 1)?.level,
  }));
  const effects = shot.effects.map((kind) => ({
    key: kind,
    label: words.level.sounds[kind] ?? kind,
    level: shot.edit?.effects.find((each) => each.kind === kind)?.level,
  }));
  const save = (given: Record<string, Given>): void =>
    change.mutate(() =>
      saveLevels(project, shot, {
        lines: lines.flatMap(({ key }) => levelsOf(given[key]).map((level) => ({ line: Number(key), level }))),
        effects: effects.flatMap(({ key }) => levelsOf(given[key]).map((level) => ({ kind: key, level }))),
      }),
    );
  return (
    <details>
      <summary className="font-semibold">{words.level.title}</summary>
      {lines.length + effects.length === 0 ? (
        <p className="mt-3 text-soft">{words.level.nothing}</p>
      ) : (
        <LevelForm key={shot.etag} sounds={[...lines, ...effects]} isBusy={change.isPending} isSaved={change.isSuccess} save={save} />
      )}
      {change.isError && <FaultNotice error={change.error} />}
    </details>
  );
}

export function SceneLevels({ project, scene }: { project: string; scene: TimelineScene }) {
  const words = useWords();
  const change = useShotChange(project);
  const sounds = (["music", "effects"] as const).map((key) => ({
    key,
    label: words.level[key],
    level: scene.edit?.[key],
  }));
  const save = (given: Record<string, Given>): void =>
    change.mutate(() => {
      const [music] = levelsOf(given["music"]);
      const [effects] = levelsOf(given["effects"]);
      return saveSceneLevels(project, scene, { ...(music && { music }), ...(effects && { effects }) });
    });
  return (
    <>
      <LevelForm key={scene.etag} sounds={sounds} isBusy={change.isPending} isSaved={change.isSuccess} save={save} />
      {change.isError && <FaultNotice error={change.error} />}
    </>
  );
}

interface FormProps {
  sounds: readonly Sound[];
  isBusy: boolean;
  isSaved: boolean;
  save: (given: Record<string, Given>) => void;
}

function LevelForm({ sounds, isBusy, isSaved, save }: FormProps) {
  const words = useWords();
  const [given, setGiven] = useState(() => Object.fromEntries(sounds.map(({ key, level }) => [key, givenOf(level)])));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save(given);
  };
  return (
    <form onSubmit={submit} className="mt-3 space-y-4">
      <p className="text-sm text-soft">{words.level.hint}</p>
      {sounds.map(({ key, label }) => {
        const { gain, muted } = given[key] ?? givenOf(undefined);
        const put = (part: Partial<Given>): void => setGiven({ ...given, [key]: { gain, muted, ...part } });
        return (
          <div key={key} className="grid items-end gap-x-4 gap-y-2 sm:grid-cols-[1fr_9rem_auto]">
            <p className="min-w-0 self-center break-words">{label}</p>
            <Field
              label={words.level.gain(label)}
              isLabelHidden
              type="number"
              min={GAIN_MIN_DB}
              max={GAIN_MAX_DB}
              step={0.5}
              placeholder="0 dB"
              disabled={muted}
              value={gain}
              onChange={(event) => put({ gain: event.target.value })}
            />
            <Tick
              className="min-h-11"
              label={words.level.mute}
              aria-label={words.level.muteOf(label)}
              checked={muted}
              onChange={(event) => put({ muted: event.target.checked })}
            />
          </div>
        );
      })}
      <div className="flex items-center gap-3">
        <button type="submit" className="button" disabled={isBusy}>
          {words.common.save}
        </button>
        {isSaved && (
          <span role="status" className="text-soft">
            {words.script.saved}
          </span>
        )}
      </div>
    </form>
  );
}

function givenOf(level: Level | undefined): Given {
  const db = (level?.gainMillibels ?? 0) / 100;
  return { gain: db ? String(db) : "", muted: level?.muted ?? false };
}

/** The level that a form asks for, or none where the mix has its way. */
export function levelsOf(given: Given | undefined): Level[] {
  const gainMillibels = Math.round(Number(given?.gain || 0) * 100);
  return gainMillibels || given?.muted ? [{ gainMillibels, muted: given?.muted ?? false }] : [];
}
