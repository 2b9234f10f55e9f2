/**
 * Characters that show nothing, move the cursor, or turn the direction of what follows: controls, marks of
 * bidirectional text, spaces without width, separators of lines and paragraphs, tags, halves of pairs. Line feed and tab
 * are text, and so is what joins emoji.
 */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]|(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d/gu;

/** A piece of a text: as it is, or a character by its name. */
export interface TextPiece {
  readonly text: string;
  readonly isControl: boolean;
}

/** Cuts a text where it has characters that must not act. Each of them becomes a piece that names it. */
export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(CONTROL)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), isControl: false });
    pieces.push({ text: controlName(match[0]), isControl: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isControl: false });
  return pieces;
}

/** A text in which each such character stands by its name: one string, however many there are. */
export function withoutControls(text: string): string {
  return text.replace(CONTROL, controlName);
}

/**
 * A text for where there is no markup, such as a title: it turns nothing around it.
 * U+2068 and U+2069 isolate what stands between them (Unicode Standard Annex #9).
 */
export function isolated(text: string): string {
  return `\u2068${withoutControls(text)}\u2069`;
}

function controlName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // The Unicode block of control pictures.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
