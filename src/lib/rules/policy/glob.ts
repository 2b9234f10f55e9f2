const ANY_RUN = -1;
const ANY_ONE = -2;

/** A pattern as code units, with negative marks for `*` and `?`. */
export type GlobTokens = readonly number[];

/** Turns text into tokens; its `*` and `?` are wildcards unless `literal`. */
export function globTokens(text: string, literal = false): number[] {
  const tokens: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (!literal && char === '*') tokens.push(ANY_RUN);
    else if (!literal && char === '?') tokens.push(ANY_ONE);
    else tokens.push(text.charCodeAt(at));
  }
  return tokens;
}

/** Whether the whole text fits. Only the last `*` is ever tried again, so time is bounded by the lengths' product. */
export function matchesGlob(tokens: GlobTokens, text: string): boolean {
  let at = 0;
  let index = 0;
  let starAt = -1;
  let starIndex = -1;
  while (at < text.length) {
    const token = tokens[index];
    if (token === ANY_RUN) {
      starIndex = index;
      starAt = at;
      index += 1;
    } else if (token === ANY_ONE || token === text.charCodeAt(at)) {
      index += 1;
      at += 1;
    } else if (starIndex >= 0) {
      index = starIndex + 1;
      starAt += 1;
      at = starAt;
    } else {
      return false;
    }
  }
  while (tokens[index] === ANY_RUN) index += 1;
  return index === tokens.length;
}
