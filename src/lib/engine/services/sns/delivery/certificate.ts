import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { der, SEQUENCE } from './der.ts';

const DAY = 24 * 60 * 60 * 1000;
/** A certificate is good from a day before it was made, so that a clock that is behind takes it too. */
const BACKDATED = DAY;
const LIFETIME = 10 * 365 * DAY;

const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const VERSION = 0xa0;

/** 1.2.840.113549.1.1.11 */
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');
/** 2.5.4.3 */
const COMMON_NAME = Buffer.from('550403', 'hex');

/**
 * Makes a self-signed X.509 v3 certificate for an RSA key, as PEM (RFC 5280, section 4.1). `now` is in milliseconds
 * since the epoch, and the certificate is good for ten years from then.
 */
export function selfSignedCertificate(key: KeyObject, commonName: string, now: number): string {
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, SHA256_WITH_RSA), der(NULL));
  const name = der(
    SEQUENCE,
    der(
      SET,
      der(SEQUENCE, der(OBJECT_IDENTIFIER, COMMON_NAME), der(UTF8_STRING, Buffer.from(commonName))),
    ),
  );
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serialNumber()),
    algorithm,
    name,
    der(SEQUENCE, time(now - BACKDATED), time(now + LIFETIME)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('RSA-SHA256', body, key);
  return pem(der(SEQUENCE, body, algorithm, der(BIT_STRING, Buffer.from([0]), signature)));
}

/** Positive, as RFC 5280 wants it, and without a leading zero byte, as DER does. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280, section 4.1.2.5). */
function time(moment: number): Buffer {
  const digits = new Date(moment).toISOString().replace(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? der(UTC_TIME, Buffer.from(digits.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(digits));
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}
