/** What JSON escapes in a text, and the two characters that SQS refuses and JSON leaves as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are escaped
const ESCAPED = /["\\\u0000-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;

/** A text as JSON that a queue takes: of the characters that SQS refuses, `JSON.stringify` escapes all but two. */
export function jsonString(text: string): string {
  // Looking costs a quarter of `JSON.stringify`, and ends at the first quote.
  if (!ESCAPED.test(text)) return `"${text}"`;
  const json = JSON.stringify(text);
  return /[\uFFFE\uFFFF]/.test(json)
    ? json.replace(/[\uFFFE\uFFFF]/g, (character) =>
        character === '\uFFFE' ? '\\ufffe' : '\\uffff',
      )
    : json;
}

let last = { text: '', json: '""' };

/** The same for a message, which its topic's history and the envelopes of its subscriptions need one after the other. */
export function messageJson(text: string): string {
  if (last.text !== text) last = { text, json: jsonString(text) };
  return last.json;
}
