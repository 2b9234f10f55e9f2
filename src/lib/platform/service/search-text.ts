/**
 * A text in the form in which texts are compared: without regard to case, in any script, and to how a character is
 * composed. It is made here and stored, since a database's own `lower` knows ASCII only where its locale is C.
 */
export function searchText(text: string): string {
  // Both ways, so that `ß` is `ss`; a sigma at the end of a word has a small letter of its own.
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/**
 * What a stored search text has to match, each by `like`: one pattern for each word that is searched for, with what
 * `like` takes for wildcards escaped.
 * @returns none where there is no word: everything matches.
 */
export function searchPatterns(query: string): string[] {
  const words = searchText(query).split(/\s+/).filter(Boolean);
  return words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
}
