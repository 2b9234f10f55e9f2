/** A message attribute as the paths outside the AWS API tell it: a value of the type `Binary` in base64. */
export interface ObservedAttribute {
  readonly dataType: string;
  readonly value: string;
}

/** A message attribute as SNS and SQS know it. */
interface Attribute {
  readonly DataType?: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

/** Message attributes as they are told. */
export function observedAttributes(
  attributes: Readonly<Record<string, Attribute>>,
): Record<string, ObservedAttribute> {
  // Names are the publisher's: without a prototype, `__proto__` is one like any other.
  const told: Record<string, ObservedAttribute> = Object.create(null);
  for (const name in attributes) {
    const { DataType: dataType = '', StringValue, BinaryValue = NOTHING } = attributes[name] ?? {};
    told[name] = { dataType, value: StringValue ?? Buffer.from(BinaryValue).toString('base64') };
  }
  return told;
}

const NOTHING = new Uint8Array();
