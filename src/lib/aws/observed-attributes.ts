import type { StoredAttribute } from './stored-message.ts';

/** A message attribute as an engine tells it. */
export interface ObservedAttribute {
  readonly dataType: string;
  readonly value: string;
}

/** Message attributes that an engine tells, as SQS's are known here. */
export function readAttributes(
  told: Readonly<Record<string, ObservedAttribute>>,
): Record<string, StoredAttribute> {
  return Object.fromEntries(
    Object.entries(told).map(([name, { dataType, value }]) => [name, { type: dataType, value }]),
  );
}
