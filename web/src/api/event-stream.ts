/** Reads server-sent events out of a stream that comes in any pieces. */

export interface ServerEvent {
  /** "message" unless it is named. */
  type: string;
  data: string;
}

export class EventReader {
  private rest = "";

  /** The events that are whole now. */
  take(piece: string): ServerEvent[] {
    const blocks = (this.rest + piece).replaceAll("\r\n", "\n").split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(eventOf).filter((event) => event !== null);
  }
}

function eventOf(block: string): ServerEvent | null {
  let type = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") type = value;
    if (field === "data") data.push(value);
  }
  return data.length ? { type, data: data.join("\n") } : null;
}
