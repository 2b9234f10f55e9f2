import type { ServiceError } from '../errors.ts';
import type { MapShape, Operation, Shape, StructureShape } from './shape.ts';
import type { XmlStyle } from './xml.ts';

// The Query protocol's answers to `Accept: application/json`, as API Gateway's integrations get them: the XML's elements as
// members, absent members as null, times in seconds.

/** The answer of an action. */
export function queryJsonAnswer(
  action: string,
  operation: Operation,
  output: unknown,
  requestId: string,
): string {
  const { resultWrapper } = operation;
  const result = resultWrapper && {
    [resultWrapper]: structureValue(operation.output, output ?? {}),
  };
  return JSON.stringify({
    [`${action}Response`]: { ...result, ResponseMetadata: { RequestId: requestId } },
  });
}

/** The error document. */
export function queryJsonError(style: XmlStyle, error: ServiceError, requestId: string): string {
  const detail = style.errorDetail ? { Detail: null } : {};
  const { queryCode: Code, queryMessage: Message, fault: Type } = error;
  return JSON.stringify({ Error: { Code, ...detail, Message, Type }, RequestId: requestId });
}

function jsonValue(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  switch (shape.kind) {
    case 'structure':
      return structureValue(shape, value);
    case 'list':
      return (value as unknown[]).map((member) => jsonValue(shape.member, member));
    case 'map':
      return mapValue(shape, value);
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'timestamp':
      return (value as Date).getTime() / 1000;
    default:
      return value;
  }
}

/** The service's own names of these lists differ from those of today's API model. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  Messages: 'messages',
  QueueUrls: 'queueUrls',
};

function structureValue(shape: StructureShape, value: unknown): Record<string, unknown> {
  const converted: Record<string, unknown> = {};
  for (const { name, shape: member } of shape.members) {
    converted[OWN_NAMES[name] ?? name] = jsonValue(
      member,
      (value as Record<string, unknown>)[name],
    );
  }
  return converted;
}

/** Flattened maps are lists of name and value, as in XML. */
function mapValue(shape: MapShape, value: unknown): unknown {
  const entries = Object.entries(value as object).map(
    ([key, member]) => [key, jsonValue(shape.value, member)] as const,
  );
  if (shape.flat === undefined) return Object.fromEntries(entries);
  return entries.map(([key, member]) => ({ [shape.keyName]: key, [shape.valueName]: member }));
}
