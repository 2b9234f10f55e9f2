/** The end of a colour or its beginning. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character.
const COLOURS = /\x1b\[[0-9;]*m/g;
/** Characters that take no column: marks on the one before, variation selectors, joiners. */
const NARROW = /\p{Mn}|\p{Me}|\p{Cf}/u;
/** Characters that take two columns: East Asian wide ones (Unicode Standard Annex #11) and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** Columns that a text takes on a terminal; colours take none. */
export function textWidth(text: string): number {
  const plain = text.replace(COLOURS, '');
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const char of plain) width += NARROW.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** A text in lines of at most so many characters, broken between words where there are any. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width && width > 0) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** The beginning of a text, with `…` where it goes on. */
export function cutText(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
}

/**
 * A line in lines no wider than a terminal, broken between words; a word that is wider than a line is broken too.
 * Continued lines are indented a little more than the first. Colours go through.
 */
export function fitLine(line: string, columns: number): string[] {
  if (columns < 1 || textWidth(line) <= columns) return [line];
  const indent = Math.min((/^ */.exec(line)?.[0].length ?? 0) + 2, columns >> 1);
  const lines: string[] = [];
  let current = '';
  let used = 0;
  const next = (): void => {
    lines.push(current.trimEnd());
    current = ' '.repeat(indent);
    used = indent;
  };
  for (const part of line.match(PARTS) ?? []) {
    const width = textWidth(part);
    if (used + width <= columns) {
      current += part;
      used += width;
    } else if (part.trim() === '') {
      // A break stands for it.
      next();
    } else {
      if (used > indent && width <= columns - indent) next();
      for (const char of part) {
        const own = textWidth(char);
        if (used + own > columns && used > indent) next();
        current += char;
        used += own;
      }
    }
  }
  return [...lines, current.trimEnd()];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character.
const PARTS = /\x1b\[[0-9;]*m|\s+|[^\s\x1b]+|\x1b/g;
