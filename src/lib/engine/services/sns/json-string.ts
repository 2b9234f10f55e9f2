/** A text as JSON that a queue takes: of the characters that SQS refuses, `JSON.stringify` escapes all but two. */
export function jsonString(text: string): string {
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
