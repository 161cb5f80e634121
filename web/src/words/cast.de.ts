/** Deutsch: wer spielt, und wo. */
import type { castEn } from "./cast.en";
import type { Words } from "./words";

export const castDe: Pick<Words, keyof typeof castEn> = {
  cast: {
    characters: "Figuren",
    places: "Orte",
    empty: "Noch niemand",
    emptyHint: "Wer spielt, und wo, ergibt sich aus dem Drehbuch.",
    look: "Aussehen",
    lookHint: "Wie sie aussehen; leer, wie es im Drehbuch steht",
    placeHint: "Wie es dort aussieht; leer, wie es im Drehbuch steht",
    voice: "Stimme",
    auto: (voice) => (voice ? `Wahl des Studios: ${voice}` : "Wahl des Studios"),
    displayName: "Name",
    language: "Sprache, etwa en-GB",
    seed: "Startwert des Aussehens",
    more: "Mehr",
    save: "Speichern",
    saved: "Gespeichert",
    gone: "Nicht mehr im Drehbuch",
    silent: "Sagt im Drehbuch nichts, darum gibt es nichts zu hören.",
    hear: "Eine Zeile hören",
    saveAndHear: "Speichern und hören",
    hearing: "Liest eine Zeile …",
    heard: (name) => `${name}, eine Zeile`,
    notHeard: "Die Zeile ließ sich nicht lesen.",
    accents: { a: "amerikanisch", b: "britisch" },
    kinds: { f: "Frau", m: "Mann" },
    voiceOf: (name, accent, kind) => `${name}, ${kind}, ${accent}`,
    fromLibrary: "Aus der Bibliothek nehmen",
    toLibrary: "In die Bibliothek legen",
    kept: "Liegt in der Bibliothek",
    nothingChosen: "Wählen …",
  },
};
