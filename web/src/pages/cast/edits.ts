/** What a form changes of a character or a place. */

interface Edited {
  editedFields: string;
}

export function isEdited(of: Edited, field: string): boolean {
  return of.editedFields.split(",").includes(field);
}

/** The fields as a form shows them; of those in `chosen` only what somebody edited, for the rest is the studio's. */
export function textsOf<K extends string>(
  of: Edited & { [F in K]: string | number },
  fields: readonly K[],
  chosen: readonly NoInfer<K>[],
): Record<K, string> {
  const text = (field: K): string => (chosen.includes(field) && !isEdited(of, field) ? "" : String(of[field]));
  return Object.fromEntries(fields.map((field) => [field, text(field)])) as Record<K, string>;
}

/** What differs; an empty number is 0, which gives the field back to the studio. */
export function editOf<K extends string>(
  before: Record<K, string>,
  given: Partial<Record<K, string>>,
  numbers: readonly NoInfer<K>[],
): Partial<Record<K, string>> {
  const changed = (Object.entries(given) as [K, string][]).filter(([field, text]) => text !== before[field]);
  return Object.fromEntries(
    changed.map(([field, text]) => [field, text || (numbers.includes(field) ? "0" : "")]),
  ) as Partial<Record<K, string>>;
}
