/** What colours our own text gets: the codes that chalk writes at 16 colours, and no others. */
const OWN_COLOUR = String.raw`\x1b\[(?:[0-4]|[79]|2[2-479]|3[0-79]|4[0-79]|9[0-7]|10[0-7])m`;

/** Joins emoji into one; anywhere else it is an invisible character. */
const JOINER = String.raw`(?<=[\p{Extended_Pictographic}\ufe0f])\u200d(?=\p{Extended_Pictographic})`;

const HIDDEN = String.raw`(?!\n|\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]`;

const WITH_COLOURS = new RegExp(`(${OWN_COLOUR}|${JOINER})|${HIDDEN}`, 'gu');
const WITHOUT_COLOURS = new RegExp(`(${JOINER})|${HIDDEN}`, 'gu');
// The same characters, but for those that JSON text has escaped already.
const HIDDEN_IN_JSON = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A text with control and invisible characters written out, such as `\u{202e}`: what anybody may have sent, named or
 * answered must neither drive a terminal nor turn its text round. Line breaks and tabs stay.
 * @param coloured whether colours of our own may be in it, which stay too.
 */
export function visible(text: string, coloured: boolean): string {
  return text.replace(coloured ? WITH_COLOURS : WITHOUT_COLOURS, (char, kept?: string) =>
    kept === undefined ? `\\u{${char.codePointAt(0)?.toString(16)}}` : char,
  );
}

/** JSON text with invisible characters escaped: the same value, that steers no terminal. */
export function visibleJson(json: string): string {
  return json.replace(HIDDEN_IN_JSON, (char) =>
    [...Array(char.length).keys()]
      .map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
