import { isDeeperThan } from '../../rules/text/json-depth.ts';

/** Requests shorter than this, in characters, can't nest deep enough to cost anything. */
const SHORT = 16_384;

/** The deepest that any action's input goes is 7. */
const MAX_DEPTH = 64;

/** Whether a JSON text nests deeper than any request does: reading five million brackets takes seconds. */
export function isTooDeep(text: string): boolean {
  return text.length >= SHORT && isDeeperThan(text, MAX_DEPTH);
}
