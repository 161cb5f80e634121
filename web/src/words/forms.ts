/** How lengths, sizes, times and amounts are written. */

/** "1:04", "1:02:07". */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** "2.9 s", "1 min 4 s": how long something takes. */
export function lasting(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "146 kB". */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Millionths of a currency, "€2.50". */
export function money(micros: number, currency: string, language: string): string {
  return new Intl.NumberFormat(language, { style: "currency", currency: currency || "EUR" }).format(micros / 1e6);
}

export function when(time: string | undefined, language: string): string {
  if (time === undefined) return "";
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** A whole number that the API writes as a text, for it may have 64 bits. */
export function whole(text: string | number | undefined): number {
  return text === undefined ? 0 : Number(text);
}
