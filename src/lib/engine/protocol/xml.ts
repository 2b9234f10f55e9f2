import type { ServiceError } from '../errors.ts';
import type { Operation, Shape, StructureShape } from './shape.ts';

/** How one service writes its Query answers. */
export interface XmlStyle {
  readonly namespace: string;
  /** What stands before the root element. */
  readonly declaration: string;
  /** Whether errors carry an empty `Detail` element. */
  readonly errorDetail: boolean;
}

/** The answer of an action in the Query protocol. */
export function xmlAnswer(
  style: XmlStyle,
  action: string,
  operation: Operation,
  output: unknown,
  requestId: string,
): string {
  const { resultWrapper } = operation;
  const fields =
    resultWrapper === undefined || output === undefined || output === null
      ? ''
      : structureFields(operation.output, output as Record<string, unknown>);
  const result =
    resultWrapper === undefined
      ? ''
      : fields === ''
        ? `<${resultWrapper}/>`
        : `<${resultWrapper}>${fields}</${resultWrapper}>`;
  return `${style.declaration}<${action}Response xmlns="${style.namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
}

/** The Query protocol's error document. */
export function xmlError(style: XmlStyle, error: ServiceError, requestId: string): string {
  const detail = style.errorDetail ? '<Detail/>' : '';
  return `${style.declaration}<ErrorResponse xmlns="${style.namespace}"><Error><Type>${error.fault}</Type><Code>${escapeXml(error.queryCode)}</Code><Message>${escapeXml(error.queryMessage)}</Message>${detail}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function structureFields(shape: StructureShape, value: Record<string, unknown>): string {
  let xml = '';
  for (const { name, shape: field } of shape.members) {
    const member = value[name];
    if (member !== undefined && member !== null) xml += element(name, field, member);
  }
  return xml;
}

function element(name: string, shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'string':
      return wrap(name, escapeXml(value as string));
    case 'structure':
      return wrap(name, structureFields(shape, value as Record<string, unknown>));
    case 'list': {
      const flat = shape.flat;
      let members = '';
      for (const member of value as unknown[]) {
        members += element(flat ?? 'member', shape.member, member);
      }
      return flat === undefined ? wrap(name, members) : members;
    }
    case 'map': {
      const { flat, keyName, valueName } = shape;
      let entries = '';
      for (const [key, member] of Object.entries(value as object)) {
        const entry = wrap(keyName, escapeXml(key)) + element(valueName, shape.value, member);
        entries += wrap(flat ?? 'entry', entry);
      }
      return flat === undefined ? wrap(name, entries) : entries;
    }
    case 'blob':
      return wrap(name, Buffer.from(value as Uint8Array).toString('base64'));
    case 'timestamp':
      return wrap(name, (value as Date).toISOString());
    default:
      return wrap(name, String(value));
  }
}

function wrap(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these can't stand in a document
const SPECIAL = /[&<>"'\u0000-\u0008\u000B-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;
/** In Unicode mode a pair of surrogates is one character, so that only lone ones are found here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const EVERY_SPECIAL = /[&<>"'\u0000-\u0008\u000B-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/gu;
const REPLACEMENT_CHARACTER = '\uFFFD';
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A bare carriage return would be read back as a line feed.
  '\r': '&#xD;',
};

/**
 * Text as the content of an element. What XML 1.0 has no way to write, escaped or not (most control characters, lone
 * surrogates, U+FFFE and U+FFFF), becomes U+FFFD: one such character would make the whole answer unreadable.
 *
 * @see https://www.w3.org/TR/xml/#charsets
 */
export function escapeXml(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replace(EVERY_SPECIAL, (character) => ENTITIES[character] ?? REPLACEMENT_CHARACTER);
}
