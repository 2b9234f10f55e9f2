// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
const SUSPICIOUS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;

/**
 * The first character that a message must not hold, as its code; -1 when there is none. Allowed are
 * #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF (API reference, `SendMessage`).
 */
export function findForbiddenCharacter(text: string): number {
  if (!SUSPICIOUS.test(text)) return -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.codePointAt(index) as number;
    if (code > 0xffff) index += 1;
    else if (!allowed(code)) return code;
  }
  return -1;
}

function allowed(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd);
}
