// What certificates and keys are written in: the Distinguished Encoding Rules of ASN.1 (ITU-T X.690).

export const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** A value with its tag and length. @param parts its content, which is joined. */
export function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

/** An integer that isn't negative, of any size. */
export function derInteger(value: bigint): Buffer {
  const digits = value.toString(16);
  // A first bit that is set would make it negative.
  const padded =
    digits.length % 2 === 1 ? `0${digits}` : /^[89a-f]/.test(digits) ? `00${digits}` : digits;
  return der(INTEGER, Buffer.from(padded, 'hex'));
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}
