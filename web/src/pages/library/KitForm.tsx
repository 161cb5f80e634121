/** A brand kit: logo, fonts, colours, the end card, and the logo in a corner of the pictures. */
import { useEffect, useRef, useState } from "react";

import type { LibraryEntry, Schemas } from "../../api/answers";
import { bringLibraryFile, type FileField, type LibraryFile } from "../../api/library";
import { BringForm } from "../../parts/BringForm";
import { ColourField } from "../../parts/ColourField";
import { Choice, Field, Tick } from "../../parts/Field";
import { FilePreview } from "../../parts/FilePreview";
import { useFont } from "../../parts/font";
import { useWords } from "../../words/words";
import { FILE_FIELDS, givenOfKit, type KitGiven, kitOf, ratio, SHAPE_CONTRAST_MIN, TEXT_CONTRAST_MIN } from "./kit";
import { NamedForm } from "./NamedForm";
import type { KindProps } from "./NewEntry";

type Addresses = Partial<Record<FileField, string>>;

export function KitForm({ name: known, entry, keep }: KindProps) {
  const words = useWords();
  const [given, setGiven] = useState(() => givenOfKit(entry));
  const [addresses, setAddresses] = useAddresses(entry);
  const hold = (field: FileField, held: LibraryFile | undefined, address: string | undefined): void => {
    setGiven({ ...given, files: { ...given.files, [field]: held } });
    setAddresses(field, address);
  };
  return (
    <>
      {FILE_FIELDS.map(([field, label, kind]) => (
        <FileSlot
          key={field}
          label={words.shelf.files[label] ?? label}
          kind={kind}
          held={given.files[field]}
          address={addresses[field]}
          hold={(held, address) => hold(field, held, address)}
        />
      ))}
      <NamedForm known={known} keep={(name) => keep(name, { brandKit: kitOf(given) })}>
        <Colours given={given} choose={setGiven} />
        <EndCard given={given} choose={setGiven} />
        <Card given={given} addresses={addresses} />
        {given.files.logo && <Corner given={given} choose={setGiven} />}
      </NamedForm>
    </>
  );
}

/** Where the files can be shown from: the store, or what was chosen just now. */
function useAddresses(entry: LibraryEntry | undefined): [Addresses, (field: FileField, address: string | undefined) => void] {
  const [addresses, setAddresses] = useState<Addresses>(() => {
    const known = new Map(entry?.files.map(({ field, file }) => [field, file?.url]));
    return Object.fromEntries(FILE_FIELDS.map(([field, label]) => [field, known.get(label)]));
  });
  const made = useRef<string[]>([]);
  useEffect(() => () => made.current.forEach((url) => URL.revokeObjectURL(url)), []);
  return [
    addresses,
    (field, address) => {
      if (address?.startsWith("blob:")) made.current.push(address);
      setAddresses((before) => ({ ...before, [field]: address }));
    },
  ];
}

interface SlotProps {
  label: string;
  kind: "LOGO" | "FONT";
  held: LibraryFile | undefined;
  address: string | undefined;
  hold: (held: LibraryFile | undefined, address: string | undefined) => void;
}

function FileSlot({ label, kind, held, address, hold }: SlotProps) {
  const words = useWords();
  const of = kind === "LOGO" ? "logo" : "font";
  return (
    <details className="rounded-lg border border-line p-3">
      <summary className="font-medium">
        {label}
        {held?.family && <span className="text-soft">: {held.family}</span>}
      </summary>
      <div className="mt-3 space-y-3">
        {held && (
          <>
            {address && <FilePreview key={address} kind={of} url={address} name={label} />}
            <button type="button" className="button" aria-label={words.shelf.leaveOutOf(label)} onClick={() => hold(undefined, undefined)}>
              {words.shelf.leaveOut}
            </button>
          </>
        )}
        <BringForm
          kind={of}
          take={async (brought, file) => hold(await bringLibraryFile(kind, brought), URL.createObjectURL(file))}
        />
      </div>
    </details>
  );
}

interface PartProps {
  given: KitGiven;
  choose: (given: KitGiven) => void;
}

function Colours({ given, choose }: PartProps) {
  const words = useWords();
  const fault = (colour: string, least: number): string | undefined => {
    const found = ratio(colour, given.ground);
    return found < least ? words.shelf.contrast(found.toFixed(1), String(least)) : undefined;
  };
  return (
    <fieldset>
      <legend className="mb-2 font-medium">{words.shelf.colours}</legend>
      <Tick
        label={words.shelf.ownColours}
        checked={given.hasColours}
        onChange={(event) => choose({ ...given, hasColours: event.target.checked })}
      />
      {given.hasColours && (
        <div className="mt-3 grid grid-cols-3 gap-4">
          <ColourField label={words.shelf.ground} value={given.ground} choose={(ground) => choose({ ...given, ground })} />
          <ColourField
            label={words.shelf.text}
            value={given.text}
            choose={(text) => choose({ ...given, text })}
            fault={fault(given.text, TEXT_CONTRAST_MIN)}
          />
          <ColourField
            label={words.shelf.accent}
            value={given.accent}
            choose={(accent) => choose({ ...given, accent })}
            fault={fault(given.accent, SHAPE_CONTRAST_MIN)}
          />
        </div>
      )}
    </fieldset>
  );
}

function EndCard({ given, choose }: PartProps) {
  const words = useWords();
  return (
    <fieldset className="grid items-end gap-4 sm:grid-cols-[1fr_8rem]">
      <legend className="mb-2 font-medium">{words.shelf.end}</legend>
      <Field
        label={words.shelf.endText}
        maxLength={200}
        value={given.endText}
        onChange={(event) => choose({ ...given, endText: event.target.value })}
      />
      <Field
        label={words.shelf.endSeconds}
        type="number"
        min={1}
        max={10}
        step={0.5}
        value={given.endSeconds}
        onChange={(event) => choose({ ...given, endSeconds: event.target.value })}
      />
      {given.files.logo && (
        <Tick
          className="sm:col-span-2"
          label={words.shelf.endLogo}
          checked={given.hasEndLogo}
          onChange={(event) => choose({ ...given, hasEndLogo: event.target.checked })}
        />
      )}
    </fieldset>
  );
}

/** About how the end card looks. */
function Card({ given, addresses }: { given: KitGiven; addresses: Addresses }) {
  const title = useFont(addresses.titleFont);
  const text = useFont(addresses.textFont);
  const colours = given.hasColours
    ? { backgroundColor: given.ground, color: given.text, borderColor: given.accent }
    : { backgroundColor: "#000000", color: "#ffffff", borderColor: "#ffffff" };
  return (
    <div aria-hidden className="grid aspect-video max-h-56 w-full place-content-center justify-items-center gap-3 rounded-lg p-4 text-center" style={colours}>
      {given.hasEndLogo && addresses.logo && <img src={addresses.logo} alt="" className="max-h-20 max-w-40" />}
      <p className="text-xl" style={{ fontFamily: title || text || "inherit" }}>
        {given.endText || "…"}
      </p>
      <span className="w-24 border-t-2" style={{ borderColor: colours.borderColor }} />
    </div>
  );
}

function Corner({ given, choose }: PartProps) {
  const words = useWords();
  const percent = { type: "number", step: 1, disabled: given.corner === "CORNER_UNSPECIFIED" } as const;
  return (
    <fieldset className="grid items-end gap-4 sm:grid-cols-3">
      <legend className="mb-2 font-medium">{words.shelf.corner}</legend>
      <Choice
        label={words.shelf.position}
        value={given.corner}
        onChange={(event) => choose({ ...given, corner: event.target.value as Schemas["Corner"] })}
        options={Object.entries(words.shelf.corners)}
      />
      <Field
        label={words.shelf.cornerWidth}
        min={3}
        max={30}
        {...percent}
        value={given.cornerWidth}
        onChange={(event) => choose({ ...given, cornerWidth: event.target.value })}
      />
      <Field
        label={words.shelf.cornerOpacity}
        min={10}
        max={100}
        {...percent}
        value={given.cornerOpacity}
        onChange={(event) => choose({ ...given, cornerOpacity: event.target.value })}
      />
    </fieldset>
  );
}
