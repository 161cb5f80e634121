/** Deutsch: die Seiten eines Projekts. */
import type { projectEn } from "./project.en";
import type { Words } from "./words";

export const projectDe: Pick<Words, keyof typeof projectEn> = {
  project: {
    pages: "Projekt",
    script: "Drehbuch",
    cast: "Besetzung",
    board: "Storyboard",
    film: "Film",
    render: "Rendern",
    remove: "Projekt löschen",
    removeSure: (name) => `„${name}“ mit Filmen, Kommentaren und Links löschen? Das lässt sich nicht zurücknehmen.`,
  },
  script: {
    label: "Drehbuch",
    saving: "Speichert …",
    saved: "Gespeichert",
    unsaved: "Noch nicht gespeichert",
    unreadable: "Nicht gespeichert",
    fresh: "Leer",
    outline: "Szenen",
    findings: "Anzusehen",
    noFindings: "Nichts zu verbessern.",
    noScenes: "Hier stehen die Szenen, sobald es eine Überschrift gibt, etwa INT. KÜCHE - NACHT.",
    words: (count) => (count === 1 ? "1 Wort" : `${count} Wörter`),
    pages: (eighths) => `${(eighths / 8).toFixed(1).replace(".", ",")} Seiten`,
    about: (length) => `etwa ${length}`,
    line: (line) => `Zeile ${line}`,
    shots: (count) => (count === 1 ? "1 Einstellung" : `${count} Einstellungen`),
    conflict: "Jemand anderes hat dieses Drehbuch inzwischen gespeichert.",
    keepMine: "Meines darüber speichern",
    takeTheirs: "Das andere nehmen",
    converted: "Das kam aus einem anderen Programm. Hier wird es als Fountain bearbeitet und gespeichert.",
    revisions: "Fassungen",
    revision: (number) => `Fassung ${number}`,
    restore: "Zurückholen",
    changes: (count) => (count === 1 ? "1 Szene ist anders" : `${count} Szenen sind anders`),
    same: "wie jetzt",
    severity: {
      SEVERITY_UNSPECIFIED: "Hinweis",
      SEVERITY_INFO: "Hinweis",
      SEVERITY_WARNING: "Warnung",
      SEVERITY_ERROR: "Fehler",
    },
  },
};
