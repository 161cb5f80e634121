/** What the instance calls itself, from /branding.json. */
import { create } from "zustand";

import { inkOn, readable } from "./contrast";

export interface Branding {
  name: string;
  accent: string;
  logo: string;
}

export const STUDIO_NAME = "Film Studio";
const GROUNDS = { dark: ["#0f1012", "#17191c"], light: ["#f5f3ee", "#fffefb"] };

export const useBranding = create<Branding>(() => ({ name: STUDIO_NAME, accent: "", logo: "" }));

export async function readBranding(): Promise<void> {
  const response = await fetch("/branding.json").catch(() => null);
  if (!response?.ok) return;
  const told = (await response.json()) as Branding;
  useBranding.setState({ ...told, name: told.name || STUDIO_NAME });
}

/** Puts the instance's accent in place of the studio's own. */
export function paint(accent: string, shown: "dark" | "light"): void {
  const root = document.documentElement;
  root.dataset["theme"] = shown;
  if (!accent) return;
  const colour = readable(accent, GROUNDS[shown]);
  root.style.setProperty("--accent", colour);
  root.style.setProperty("--on-accent", inkOn(colour));
}
