/** Where an engine reads its token: on its command line every user of the machine could. */
export const TOKEN_VARIABLE = 'PUBSUB_TOKEN';

const KEPT = new Set([
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
]);
const KEPT_PREFIXES = ['LC_', 'NODE_', 'XDG_'];

/**
 * What an engine in the background gets of its starter's environment: nothing that might be a secret, since it outlives
 * the starter.
 *
 * @param token that the engine asks for, where others reach it
 */
export function engineEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  token: string | undefined,
): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(
    ([name]) => KEPT.has(name.toUpperCase()) || KEPT_PREFIXES.some((each) => name.startsWith(each)),
  );
  return {
    ...Object.fromEntries(kept),
    ...(token === undefined ? {} : { [TOKEN_VARIABLE]: token }),
  };
}
