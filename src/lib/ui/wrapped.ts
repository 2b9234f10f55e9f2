/** A text with dots for control characters: what anybody may have sent must not steer the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\u00b7');
}

/**
 * Breaks a text between words where it gets longer than `width` columns, within a word where that is longer.
 * @param indent begins the continued lines.
 */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width && width > indent.length) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > indent.length ? space : width;
    lines.push(rest.slice(0, end));
    rest = indent + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
