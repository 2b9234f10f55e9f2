import {
  createPrivateKey,
  createPublicKey,
  createVerify,
  generateKeyPairSync,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EngineClock } from '../../../src/lib/engine/clock/engine-clock.ts';
import { memoryJournal } from '../../../src/lib/engine/journal/memory.ts';
import { selfSignedCertificate } from '../../../src/lib/engine/services/sns/delivery/certificate.ts';
import {
  confirmationEnvelope,
  type Notification,
  notificationParts,
} from '../../../src/lib/engine/services/sns/delivery/envelope.ts';
import { Signer } from '../../../src/lib/engine/services/sns/delivery/signer.ts';
import { newSigningKey } from '../../../src/lib/engine/services/sns/delivery/signing-key.ts';
import { jsonString } from '../../../src/lib/engine/services/sns/json-string.ts';
import { findForbiddenCharacter } from '../../../src/lib/engine/services/sqs/characters.ts';

const notification: Notification = {
  messageId: '3c1f5ad4-8b1e-5f5f-9d0e-0a1b2c3d4e5f',
  sequenceNumber: undefined,
  topicArn: 'arn:aws:sns:us-east-1:000000000000:order-events',
  subject: 'Grüße',
  message: 'line one\n  "Signature" : "forged"',
  timestamp: '2025-01-01T12:00:00.000Z',
  signing: { version: '1', certificateUrl: 'http://127.0.0.1/c.pem' },
  attributes: [],
};

const build = (changes: Partial<Notification> = {}) => {
  const { before, after } = notificationParts({ ...notification, ...changes });
  return `${before}http://127.0.0.1/?Action=Unsubscribe${after}`;
};

const signer = new Signer(memoryJournal(), new EngineClock());

/** The check that the SNS Developer Guide describes, on the fields of the parsed body. */
function verifies(body: string, certificate: string): boolean {
  const fields: Record<string, string> = JSON.parse(body);
  const signed =
    fields.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const verifier = createVerify(fields.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1');
  for (const name of signed) {
    if (fields[name] !== undefined) verifier.update(`${name}\n${fields[name]}\n`);
  }
  return verifier.verify(certificate, fields.Signature ?? '', 'base64');
}

describe('the signing key', () => {
  const text = Buffer.from('what is signed');

  test('is an RSA key of 2048 bits to whoever verifies, each one another', () => {
    const keys = Array.from({ length: 3 }, newSigningKey);
    for (const key of keys) {
      expect(key.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65_537n });
      // What is known of it alone: modulus and exponent.
      const known = createPublicKey(key).export({ format: 'jwk' });
      const signature = sign('RSA-SHA1', text, key);
      expect(signature).toHaveLength(256);
      const verifier = createPublicKey({ key: known, format: 'jwk' });
      expect(verify('RSA-SHA1', text, verifier, signature)).toBe(true);
      expect(verify('RSA-SHA1', Buffer.from('another'), verifier, signature)).toBe(false);
    }
    expect(new Set(keys.map((key) => createPublicKey(key).export({ format: 'jwk' }).n)).size).toBe(
      3,
    );
  });

  test('signs the same when it was kept and read again', () => {
    const key = newSigningKey();
    const kept = createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }));
    expect(sign('RSA-SHA256', text, kept)).toEqual(sign('RSA-SHA256', text, key));
  });
});

describe('the envelope', () => {
  test('has the fields of AWS in their order', () => {
    const body = build({ attributes: [{ name: 'a', type: 'String', value: 'ü"' }] });
    expect(Object.keys(JSON.parse(body))).toEqual([
      'Type',
      'MessageId',
      'TopicArn',
      'Subject',
      'Message',
      'Timestamp',
      'SignatureVersion',
      'Signature',
      'SigningCertURL',
      'UnsubscribeURL',
      'MessageAttributes',
    ]);
    expect(JSON.parse(body).MessageAttributes).toEqual({ a: { Type: 'String', Value: 'ü"' } });
  });

  test('of a FIFO topic has a sequence number and no signature', () => {
    const body = build({ signing: undefined, sequenceNumber: '10000000000000001000' });
    expect(Object.keys(JSON.parse(body))).toEqual([
      'Type',
      'MessageId',
      'SequenceNumber',
      'TopicArn',
      'Subject',
      'Message',
      'Timestamp',
      'UnsubscribeURL',
    ]);
    expect(signer.seal(body)).toBe(body);
  });
});

describe('the signature', () => {
  const certificate = signer.certificateAt(signer.certificatePath) ?? '';

  test.each(['1', '2'] as const)('of version %s verifies', (version) => {
    const body = build({ signing: { version, certificateUrl: 'http://127.0.0.1/c.pem' } });
    const sealed = signer.seal(body);
    expect(sealed).toHaveLength(body.length);
    expect(verifies(sealed, certificate)).toBe(true);
    expect(verifies(sealed.replace('line one', 'line two'), certificate)).toBe(false);
    expect(signer.seal(sealed)).toBe(sealed);
  });

  test('verifies without a subject', () => {
    const body = build({ subject: undefined, messageId: 'another' });
    expect(verifies(signer.seal(body), certificate)).toBe(true);
  });

  test.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const)(
    'of a %s verifies',
    (type) => {
      const body = confirmationEnvelope({
        type,
        subscriptionArn: `${notification.topicArn}:s`,
        messageId: 'm',
        token: 't',
        topicArn: notification.topicArn,
        subscribeUrl: 'http://127.0.0.1/?Action=ConfirmSubscription',
        timestamp: notification.timestamp,
        signing: { version: '2', certificateUrl: 'http://127.0.0.1/c.pem' },
      });
      expect(verifies(signer.seal(body), certificate)).toBe(true);
    },
  );

  test.each(['', 'text', '{"Type":"Notification"}', '{\n  "Type" : "'])(
    'is not put into %j',
    (body) => {
      expect(signer.seal(body)).toBe(body);
    },
  );
});

describe('the certificate', () => {
  test.each([
    ['today', Date.now()],
    ['in 2045', Date.parse('2045-06-01T00:00:00Z')],
  ])('made %s can be read and verified with its own key', (_when, now) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = new X509Certificate(
      selfSignedCertificate(privateKey, 'sns.amazonaws.com', now),
    );
    expect(certificate.verify(publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=sns.amazonaws.com');
    expect(Date.parse(certificate.validFrom)).toBeLessThan(now);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(now + 9 * 365 * 86_400_000);
  });

  test('is served at its own path only', () => {
    expect(signer.certificatePath).toMatch(/^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/);
    expect(signer.certificateAt('/SimpleNotificationService-.pem')).toBeUndefined();
  });
});

describe('a text in an envelope', () => {
  test('is JSON that a queue takes and that reads back the same, whatever character it has', () => {
    const odd: string[] = [];
    for (let code = 0; code <= 0xffff; code += 1) {
      const text = `a${String.fromCharCode(code)}b`;
      const json = jsonString(text);
      if (JSON.parse(json) !== text || findForbiddenCharacter(json) !== -1) odd.push(text);
    }
    expect(odd).toEqual([]);
    expect(jsonString('')).toBe('""');
    expect(jsonString('plain \u{1f600}')).toBe('"plain \u{1f600}"');
  });
});
