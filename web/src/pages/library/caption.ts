/** A caption style as its form has it, and as the API takes it. */
import type { Answer, Schemas } from "../../api/answers";

type Style = Schemas["LibraryCaptionStyle"];

export interface CaptionGiven {
  font: string;
  size: string;
  hasColours: boolean;
  text: string;
  outline: string;
  outlineWidth: string;
  hasBox: boolean;
  box: string;
  boxOpacity: string;
  position: Schemas["CaptionPosition"];
  lines: string;
  isBurnedIn: boolean;
}

export function givenOfStyle(style: Answer<Style> | undefined): CaptionGiven {
  return {
    font: style?.font || "sans",
    size: style?.sizePermille ? String(style.sizePermille / 10) : "5",
    hasColours: Boolean(style?.textColour),
    text: style?.textColour || "#ffffff",
    outline: style?.outlineColour || "#000000",
    outlineWidth: style?.outlinePermille ? String(style.outlinePermille / 10) : "8",
    hasBox: Boolean(style?.boxOpacityPercent),
    box: style?.boxColour || "#000000",
    boxOpacity: style?.boxOpacityPercent ? String(style.boxOpacityPercent) : "75",
    position: style?.position || "CAPTION_POSITION_BOTTOM",
    lines: style?.maxLines ? String(style.maxLines) : "2",
    isBurnedIn: style?.burnedIn ?? false,
  };
}

export function styleOf(given: CaptionGiven): Style {
  const tenths = (percent: string): number => Math.round(Number(percent) * 10);
  return {
    font: given.font,
    sizePermille: tenths(given.size),
    outlinePermille: given.hasBox ? 0 : tenths(given.outlineWidth),
    ...(given.hasBox && { boxOpacityPercent: Math.round(Number(given.boxOpacity)) }),
    ...(given.hasColours && { textColour: given.text, ...(given.hasBox ? { boxColour: given.box } : { outlineColour: given.outline }) }),
    position: given.position,
    maxLines: Number(given.lines),
    burnedIn: given.isBurnedIn,
  };
}
