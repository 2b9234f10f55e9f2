/** Texts that are named by a number: the same text has the same number. Number 0 is for no text. */
export class TextTable {
  readonly #numbers = new Map<string, number>();
  readonly #texts: (string | undefined)[] = [undefined];
  /** Characters of all texts together. */
  characters = 0;

  /** A text's number; a new one where it has none yet. */
  numberOf(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.length;
    this.#texts.push(text);
    this.#numbers.set(text, number);
    this.characters += text.length;
    return number;
  }

  /** The text of a number; undefined for 0 and for numbers that were not given. */
  text(number: number): string | undefined {
    return this.#texts[number];
  }
}
