import type { StoredAttribute } from '../aws/stored-message.ts';
import type { ForeignText, MessageAttribute } from './api/text.ts';

/** A text that strangers wrote, cut where it is longer. A character of two code units stays whole. */
export function foreignText(text: string, characters: number): ForeignText {
  const bytes = Buffer.byteLength(text);
  if (text.length <= characters) return { text, bytes, cut: false };
  const last = text.charCodeAt(characters - 1);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return { text: text.slice(0, isHalf ? characters - 1 : characters), bytes, cut: true };
}

/** Message attributes as the page gets them, in alphabetical order. */
export function attributeList(
  attributes: Readonly<Record<string, StoredAttribute>>,
): MessageAttribute[] {
  return Object.entries(attributes)
    .map(([name, { type, value }]) => ({ name, type, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
