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
