/** Characters of a foreign text that an error shows. */
const SHOWN = 60;

/**
 * A text from outside as a part of a sentence: not longer than a line, and with control and invisible characters
 * written out, so that a message's body can neither drive a terminal nor fill it.
 */
export function shownText(text: string): string {
  return printable(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/**
 * Characters that steer a terminal, turn the direction of writing, or can't be seen: controls, format characters (the
 * bidirectional and zero-width ones among them), halves of surrogate pairs, line and paragraph separators, fillers.
 * Variation selectors stay: emoji are written with them.
 */
const INVISIBLE =
  /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A text from outside with control and invisible characters written out, at its full length. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** The lines of a text from outside, such as a program's last words, each printable; without empty ones around them. */
export function printableLines(text: string): string[] {
  return text.trim().split(/\r?\n/).map(printable);
}

/**
 * A value from outside as a part of a sentence, a text in quotes. Never throws: an object is only named, since it may
 * be nested deeper than a stack, or have a field `toString`.
 */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return `"${shownText(value)}"`;
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : shownText(String(value));
}
