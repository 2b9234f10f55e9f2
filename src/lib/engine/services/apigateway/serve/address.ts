import type { CallRequest } from '../../../http/call.ts';

/** Below this path an engine answers as its HTTP APIs: an API's id follows, and then what AWS's URL has after the host. */
export const API_PREFIX = '/_pubsub/api/';

/** The host of an API on AWS, and of the names that lead to this machine: `<id>.execute-api.<anything>`. */
const API_HOST = /^([a-z0-9]{10})\.execute-api\./i;
/** Characters of the shortest such host. */
const SHORTEST_HOST = 'abcdefghij.execute-api.'.length;
const API_PATH = /^\/_pubsub\/api\/([a-z0-9]{10})(?=[/?]|$)/;
/** The URL of an API on AWS, and of one at an engine, wherever that listened. */
const API_URLS =
  /https?:\/\/(?:([a-z0-9]{10})\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?|[\w.[\]:-]+\/_pubsub\/api\/([a-z0-9]{10}))(?![\w-])/g;

/** A request to an API: its id, and path and query string as the API has them. */
export interface ApiAddress {
  readonly apiId: string;
  readonly url: string;
}

/** Where a request to an API leads; undefined for any other request. */
export function apiAddress({
  url = '/',
  headers: { host = '' },
}: CallRequest): ApiAddress | undefined {
  // Few requests are for an API, and each is asked.
  const ofHost = host.length < SHORTEST_HOST ? undefined : API_HOST.exec(host)?.[1];
  if (ofHost !== undefined) return { apiId: ofHost.toLowerCase(), url };
  if (!url.startsWith(API_PREFIX)) return undefined;
  const [prefix = '', apiId = ''] = API_PATH.exec(url) ?? [];
  const rest = url.slice(prefix.length);
  return { apiId, url: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Where an API is reached on this machine. @param baseUrl `http://host:port` of the engine. */
export function apiEndpoint(baseUrl: string, apiId: string): string {
  return baseUrl + API_PREFIX + apiId;
}

/**
 * A text with the URLs at which this engine answers, in the place of those of its APIs on AWS.
 *
 * @param isThere whether the engine has an API. @param baseUrl `http://host:port` of the engine.
 */
export function withLocalApis(
  text: string,
  isThere: (apiId: string) => boolean,
  baseUrl: string,
): string {
  return text.replaceAll(API_URLS, (written, ofHost?: string, ofPath?: string) => {
    const apiId = ofHost ?? ofPath ?? '';
    return isThere(apiId) ? apiEndpoint(baseUrl, apiId) : written;
  });
}
