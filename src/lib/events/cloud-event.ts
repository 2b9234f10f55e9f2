/** CloudEvents 1.0 in structured mode: "CloudEvents Specification" and "JSON Event Format", both version 1.0.2. */

import { readJsonValue } from './json-value.ts';

/** An event as a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** What an event has, to be written as a CloudEvent. */
export interface CloudEventParts {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  /** Version of the data's shape: the extension attribute `eventversion`. */
  readonly version: number;
  readonly data: unknown;
}

/** An event that was read, its parts not yet looked at; or why it is not a CloudEvent. */
export type ReadCloudEvent = { readonly parts: Fields } | { readonly problem: string };

/** An event as a CloudEvent. */
export function toCloudEvent({ id, source, type, time, version, data }: CloudEventParts): Fields {
  return {
    specversion: '1.0',
    id,
    source,
    type,
    time,
    datacontenttype: 'application/json',
    eventversion: version,
    data,
  };
}

/** Why an event can't be written as a CloudEvent; undefined where it can. */
export function cloudEventProblem({ id, source, type, time }: CloudEventParts): string | undefined {
  return attributeProblem({ id, source, type, time });
}

/** Reads a CloudEvent: an object that has a `specversion`. A `null` attribute is one that isn't there. */
export function fromCloudEvent(fields: Fields): ReadCloudEvent {
  const given = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== null || name === 'data'),
  );
  const { specversion, id, source, type, time, eventversion } = given;
  if (specversion !== '1.0') return { problem: 'its specversion is not "1.0"' };
  const problem = attributeProblem(given);
  if (problem !== undefined) return { problem };
  const content = readContent(given);
  if ('problem' in content) return content;
  const version =
    typeof eventversion === 'string' && /^\d+$/.test(eventversion)
      ? Number(eventversion)
      : (eventversion ?? 1);
  // "time" is optional there.
  const timestamp = time ?? new Date().toISOString();
  return { parts: { id, source, type, timestamp, version, data: content.data } };
}

/** Looks at those of the specified attributes that are there, and for those that have to be. */
function attributeProblem(given: Fields): string | undefined {
  for (const name of ['id', 'source', 'type']) {
    if (given[name] === undefined) return `${name} is missing`;
  }
  for (const name of ['id', 'source', 'type', 'time', 'subject', 'dataschema', 'datacontenttype']) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '')
      return `${name} must be a text that is not empty`;
    if (!isString(value)) return `${name} has characters that CloudEvents does not allow`;
  }
  if (!isUriReference(String(given.source))) return 'source is not a URI reference';
  const { dataschema, time } = given;
  if (dataschema !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*:./.test(String(dataschema))) {
    return 'dataschema is not a URI';
  }
  if (time !== undefined && !isTimestamp(String(time))) return 'time is not an RFC 3339 time';
  return undefined;
}

/** "Handling of data": JSON as it stands, bytes in Base64 under `data_base64`, other content as its text. */
function readContent({
  data,
  data_base64: base64,
  datacontenttype: type = 'application/json',
}: Fields): { readonly data: unknown } | { readonly problem: string } {
  if (base64 === undefined) {
    if (isJsonType(type)) return { data: data ?? null };
    const isTextual = typeof data === 'string' || data === undefined;
    return isTextual
      ? { data: data ?? null }
      : { problem: `data is not text, as ${type} would be` };
  }
  if (data !== undefined) return { problem: 'it has both data and data_base64' };
  if (
    typeof base64 !== 'string' ||
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}={0,2})?$/.test(base64)
  ) {
    return { problem: 'data_base64 is not Base64' };
  }
  const bytes = Buffer.from(base64, 'base64');
  if (!isJsonType(type)) return { data: new Uint8Array(bytes) };
  try {
    return { data: readJsonValue(bytes.toString('utf8')) };
  } catch {
    return { problem: 'data_base64 holds no JSON' };
  }
}

/** "Type System", String: no control characters, noncharacters or halves of surrogate pairs. */
function isString(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
  if (/[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef]/.test(text) || /\p{Surrogate}/u.test(text))
    return false;
  for (const character of text) {
    if (((character.codePointAt(0) ?? 0) & 0xfffe) === 0xfffe) return false;
  }
  return true;
}

/** RFC 3986, 4.1: the characters of a URI, and a colon in the first part only behind a scheme. */
function isUriReference(text: string): boolean {
  const [withoutFragment = '', ...fragments] = text.split('#');
  if (fragments.length > 1) return false;
  if (!/^(?:[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(fragments[0] ?? '')) {
    return false;
  }
  if (!/^(?:[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(withoutFragment)) {
    return false;
  }
  const [head = ''] = withoutFragment.split(/[/?]/);
  return !head.includes(':') || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(head);
}

/** RFC 3339, 5.6. */
function isTimestamp(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text.toUpperCase().replace(':60', ':59')))
  );
}

/** `application/json`, or any subtype that is `json` or ends in `+json`, with or without parameters. */
function isJsonType(type: unknown): boolean {
  return typeof type === 'string' && /^[^/;]+\/(?:[^;]+\+)?json\s*(?:;|$)/i.test(type);
}
