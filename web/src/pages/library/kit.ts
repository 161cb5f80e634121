/** A brand kit as its form has it, and as the API takes it. */
import type { LibraryEntry, Schemas } from "../../api/answers";
import type { FileField, LibraryFile } from "../../api/library";
import { colourOf, contrast } from "../../app/contrast";

type Kit = Schemas["LibraryBrandKit"];

export const FILE_FIELDS = [
  ["logo", "logo", "LOGO"],
  ["titleFont", "title_font", "FONT"],
  ["textFont", "text_font", "FONT"],
] as const satisfies readonly (readonly [FileField, string, "LOGO" | "FONT"])[];

export const TEXT_CONTRAST_MIN = 4.5;
export const SHAPE_CONTRAST_MIN = 3;

/** What the studio takes where a kit says nothing. */
const END_SECONDS = "2.5";
const CORNER_WIDTH_PERCENT = "10";
const CORNER_OPACITY_PERCENT = "60";

export interface KitGiven {
  files: Record<FileField, LibraryFile | undefined>;
  hasColours: boolean;
  ground: string;
  text: string;
  accent: string;
  endText: string;
  endSeconds: string;
  hasEndLogo: boolean;
  corner: Schemas["Corner"];
  cornerWidth: string;
  cornerOpacity: string;
}

export function givenOfKit(entry: LibraryEntry | undefined): KitGiven {
  const kit = entry?.content?.brandKit as Kit | undefined;
  return {
    files: { logo: kit?.logo, titleFont: kit?.titleFont, textFont: kit?.textFont },
    hasColours: Boolean(kit?.groundColour),
    ground: kit?.groundColour || "#141826",
    text: kit?.textColour || "#f4f0e8",
    accent: kit?.accentColour || "#e0b25c",
    endText: kit?.endText ?? "",
    endSeconds: kit?.endCardMs ? String(kit.endCardMs / 1000) : END_SECONDS,
    hasEndLogo: !kit?.endCardWithoutLogo,
    corner: kit?.watermarkCorner ?? "CORNER_UNSPECIFIED",
    cornerWidth: kit?.watermarkWidthPermille ? String(kit.watermarkWidthPermille / 10) : CORNER_WIDTH_PERCENT,
    cornerOpacity: kit?.watermarkOpacityPercent ? String(kit.watermarkOpacityPercent) : CORNER_OPACITY_PERCENT,
  };
}

export function kitOf(given: KitGiven): Kit {
  const { logo, titleFont, textFont } = given.files;
  const hasCorner = logo !== undefined && given.corner !== "CORNER_UNSPECIFIED";
  return {
    ...(logo && { logo }),
    ...(titleFont && { titleFont }),
    ...(textFont && { textFont }),
    ...(given.hasColours && { groundColour: given.ground, textColour: given.text, accentColour: given.accent }),
    endText: given.endText,
    endCardMs: Math.round(Number(given.endSeconds || END_SECONDS) * 1000),
    endCardWithoutLogo: !given.hasEndLogo,
    ...(hasCorner && {
      watermarkCorner: given.corner,
      watermarkWidthPermille: Math.round(Number(given.cornerWidth) * 10),
      watermarkOpacityPercent: Math.round(Number(given.cornerOpacity)),
    }),
  };
}

/** How much two colours stand out from each other, "4.6". */
export function ratio(one: string, other: string): number {
  return Math.floor(contrast(colourOf(one), colourOf(other)) * 10) / 10;
}
