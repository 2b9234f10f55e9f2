/**
 * A wildcard pattern as a list of literal pieces between its `*`s, or what is wrong with it. `\*` and `\\` stand for
 * the characters themselves.
 */
export function parseWildcard(pattern: string): { pieces: string[] } | { problem: string } {
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (char === '\\') {
      const next = pattern[at + 1];
      if (next !== '*' && next !== '\\')
        return { problem: `Invalid escape character at pos ${at}` };
      piece += next;
      at += 1;
    } else if (char === '*') {
      if (pattern[at + 1] === '*')
        return { problem: `Consecutive wildcard characters at pos ${at}` };
      pieces.push(piece);
      piece = '';
    } else {
      piece += char;
    }
  }
  pieces.push(piece);
  return { pieces };
}

/** Whether `text` is the pieces in order with anything between them. Linear in the text: no backtracking. */
export function matchesPieces(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces[pieces.length - 1] ?? '';
  if (pieces.length === 1) return text === first;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] ?? '';
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
