/**
 * A filter policy that SNS would refuse. `message` is what AWS writes after `Invalid parameter: FilterPolicy: `
 * (the caller adds the prefix that its action uses), with the `at [Source: …]` line where AWS adds one.
 */
export class InvalidFilterPolicy extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidFilterPolicy';
  }
}

/** A nested policy on attributes: the one fault that AWS reports without the name of the attribute before it. */
export class NestedFilterPolicy extends InvalidFilterPolicy {
  constructor() {
    super('Filter policy scope MessageAttributes does not support nested filter policy');
  }
}

/** Source text that an error location repeats at most, in characters. */
const QUOTED_SOURCE_LENGTH = 500;

/**
 * A refusal with the place in the policy's text: AWS reports line and column (from 1) of what its reader had not
 * consumed yet.
 */
export function refusalAt(message: string, text: string, offset: number): InvalidFilterPolicy {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  const line = before.split('\n').length;
  const quoted =
    text.length > QUOTED_SOURCE_LENGTH
      ? `"${text.slice(0, QUOTED_SOURCE_LENGTH)}"[truncated ${text.length - QUOTED_SOURCE_LENGTH} chars]`
      : `"${text}"`;
  return new InvalidFilterPolicy(
    `${message}\n at [Source: (String)${quoted}; line: ${line}, column: ${offset - lastBreak}]`,
  );
}

/** The place in a text that is not JSON, as SNS reports it since 2025: without the text itself. */
export function placeInJson(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return (
    '\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); ' +
    `line: ${line}, column: ${column}]`
  );
}
