import { createHash } from 'node:crypto';

// "Unique identifiers", IAM User Guide: four letters for the kind, and here always the same for the same ARN.

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The unique id that IAM would give a role. */
export function roleId(roleArn: string): string {
  return `AROA${digest(roleArn)}`;
}

/** The unique id that IAM would give a user. */
export function userId(userArn: string): string {
  return `AIDA${digest(userArn)}`;
}

function digest(arn: string): string {
  return toBase32(createHash('sha256').update(arn).digest().subarray(0, 17));
}

/** A letter or digit for each byte. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += BASE32[byte % 32];
  return text;
}
