/** What a person chose for this browser: language and light. */
import { create } from "zustand";

export type Language = "en" | "de";
export type Theme = "auto" | "dark" | "light";

const LANGUAGE = "film.language";
const THEME = "film.theme";
const LIGHT = "(prefers-color-scheme: light)";

interface Preferences {
  language: Language;
  theme: Theme;
  /** What is shown now. */
  shown: "dark" | "light";
  chooseLanguage(language: Language): void;
  chooseTheme(theme: Theme): void;
}

export const usePreferences = create<Preferences>((set) => ({
  language: languageOf(localStorage.getItem(LANGUAGE) ?? navigator.language),
  theme: themeOf(localStorage.getItem(THEME)),
  shown: shownOf(themeOf(localStorage.getItem(THEME))),
  chooseLanguage(language) {
    localStorage.setItem(LANGUAGE, language);
    set({ language });
  },
  chooseTheme(theme) {
    localStorage.setItem(THEME, theme);
    set({ theme, shown: shownOf(theme) });
  },
}));

/** Follows the system while nothing else is chosen. */
export function followSystem(): void {
  matchMedia(LIGHT).addEventListener("change", () => {
    usePreferences.setState(({ theme }) => ({ shown: shownOf(theme) }));
  });
}

function languageOf(text: string): Language {
  return text.toLowerCase().startsWith("de") ? "de" : "en";
}

function themeOf(text: string | null): Theme {
  return text === "dark" || text === "light" ? text : "auto";
}

function shownOf(theme: Theme): "dark" | "light" {
  if (theme !== "auto") return theme;
  return matchMedia(LIGHT).matches ? "light" : "dark";
}
