/** How captions look: their letters, what is behind them, and where they stand. */
import { useState } from "react";

import type { Schemas } from "../../api/answers";
import { ColourField } from "../../parts/ColourField";
import { Choice, Field, Tick } from "../../parts/Field";
import { useWords } from "../../words/words";
import { type CaptionGiven, givenOfStyle, styleOf } from "./caption";
import { ratio, TEXT_CONTRAST_MIN } from "./kit";
import { NamedForm } from "./NamedForm";
import type { KindProps } from "./NewEntry";

const POSITIONS = ["CAPTION_POSITION_BOTTOM", "CAPTION_POSITION_MIDDLE", "CAPTION_POSITION_TOP"] as const;
const PLACED = { CAPTION_POSITION_TOP: "items-start", CAPTION_POSITION_MIDDLE: "items-center" } as Record<string, string>;
const FAMILIES: Record<string, string> = { serif: "Georgia, serif" };

export function CaptionForm({ name: known, entry, keep }: KindProps) {
  const words = useWords();
  const [given, setGiven] = useState(() => givenOfStyle(entry?.content?.captionStyle));
  const put = (part: Partial<CaptionGiven>): void => setGiven({ ...given, ...part });
  return (
    <NamedForm known={known} keep={(name) => keep(name, { captionStyle: styleOf(given) })}>
      <CaptionSample given={given} />
      <div className="grid items-end gap-4 sm:grid-cols-2">
        <Choice
          label={words.shelf.font}
          value={given.font}
          onChange={(event) => put({ font: event.target.value })}
          options={Object.entries(words.shelf.fonts)}
        />
        <Field label={words.shelf.size} type="number" min={3} max={10} step={0.5} value={given.size} onChange={(event) => put({ size: event.target.value })} />
        <Choice
          label={words.shelf.position}
          value={given.position}
          onChange={(event) => put({ position: event.target.value as Schemas["CaptionPosition"] })}
          options={POSITIONS.map((each) => [each, words.shelf.positions[each] ?? each])}
        />
        <Choice
          label={words.shelf.lines}
          value={given.lines}
          onChange={(event) => put({ lines: event.target.value })}
          options={["1", "2", "3"].map((each) => [each, each])}
        />
      </div>
      <Behind given={given} put={put} />
      <Tick label={words.shelf.burnedIn} checked={given.isBurnedIn} onChange={(event) => put({ isBurnedIn: event.target.checked })} />
    </NamedForm>
  );
}

function Behind({ given, put }: { given: CaptionGiven; put: (part: Partial<CaptionGiven>) => void }) {
  const words = useWords();
  const found = ratio(given.text, given.hasBox ? given.box : given.outline);
  const fault = found < TEXT_CONTRAST_MIN ? words.shelf.contrast(found.toFixed(1), String(TEXT_CONTRAST_MIN)) : undefined;
  return (
    <div className="space-y-4">
      <Tick label={words.shelf.box} checked={given.hasBox} onChange={(event) => put({ hasBox: event.target.checked })} />
      {given.hasBox ? (
        <Field
          label={words.shelf.boxOpacity}
          type="number"
          min={50}
          max={100}
          value={given.boxOpacity}
          onChange={(event) => put({ boxOpacity: event.target.value })}
        />
      ) : (
        <Field
          label={words.shelf.outlineWidth}
          type="number"
          min={4}
          max={15}
          value={given.outlineWidth}
          onChange={(event) => put({ outlineWidth: event.target.value })}
        />
      )}
      <Tick label={words.shelf.ownColours} checked={given.hasColours} onChange={(event) => put({ hasColours: event.target.checked })} />
      {given.hasColours && (
        <div className="grid grid-cols-2 gap-4">
          <ColourField label={words.shelf.text} value={given.text} choose={(text) => put({ text })} fault={fault} />
          {given.hasBox ? (
            <ColourField label={words.shelf.box} value={given.box} choose={(box) => put({ box })} />
          ) : (
            <ColourField label={words.shelf.outline} value={given.outline} choose={(outline) => put({ outline })} />
          )}
        </div>
      )}
    </div>
  );
}

/** About how a caption looks over a picture. */
export function CaptionSample({ given }: { given: CaptionGiven }) {
  const words = useWords();
  const [text, behind] = given.hasColours ? [given.text, given.hasBox ? given.box : given.outline] : ["#ffffff", "#000000"];
  const look = given.hasBox
    ? { backgroundColor: `color-mix(in srgb, ${behind} ${given.boxOpacity}%, transparent)`, padding: "0.1em 0.4em" }
    : { WebkitTextStroke: `${Number(given.outlineWidth) / 50}em ${behind}`, paintOrder: "stroke" };
  return (
    <div
      aria-hidden
      className={`flex aspect-video w-full justify-center rounded-lg bg-linear-to-br from-slate-400 via-stone-600 to-slate-900 p-[3%] [container-type:size] ${PLACED[given.position] ?? "items-end"}`}
    >
      <p style={{ color: text, fontSize: `${given.size}cqh`, fontFamily: FAMILIES[given.font] ?? "inherit", ...look }}>{words.shelf.sample}</p>
    </div>
  );
}
