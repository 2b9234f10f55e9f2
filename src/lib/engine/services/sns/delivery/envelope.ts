import { jsonString, messageJson } from '../json-string.ts';

/** A message attribute as the envelope shows it; binary values are base64 text. */
export interface EnvelopeEntry {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** What the envelope of a notification says, apart from who gets it. */
export interface Notification {
  readonly messageId: string;
  /** FIFO topics only. */
  readonly sequenceNumber: string | undefined;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly timestamp: string;
  /** Absent for FIFO topics, whose messages SNS doesn't sign. */
  readonly signing: { readonly version: '1' | '2'; readonly certificateUrl: string } | undefined;
  readonly attributes: readonly EnvelopeEntry[];
  /** Whether it comes from the topic's archive. */
  readonly replayed?: boolean;
}

const OPENING = '{\n  "Type" : "';
/** Room for a signature: base64 of the 256 bytes that an RSA key of 2048 bits makes. */
const SIGNATURE_LENGTH = 344;
const PLACEHOLDER = '.'.repeat(SIGNATURE_LENGTH);
/** Not to be found inside of a JSON string, which has its line breaks and quotes escaped. */
const SIGNATURE_FIELD = '\n  "Signature" : "';

/**
 * The envelope of a notification in AWS's order and layout ("HTTP/HTTPS notification JSON format", SNS Developer
 * Guide), in the two parts that are the same for every subscription: between them goes the `UnsubscribeURL`. The
 * signature is left open for `fillSignature`.
 */
export function notificationParts(notification: Notification): { before: string; after: string } {
  const { sequenceNumber, subject, signing } = notification;
  let before = `{\n  "Type" : "Notification",\n  "MessageId" : "${notification.messageId}",\n`;
  if (sequenceNumber !== undefined) before += `  "SequenceNumber" : "${sequenceNumber}",\n`;
  before += `  "TopicArn" : "${notification.topicArn}",\n`;
  if (subject !== undefined) before += `  "Subject" : ${jsonString(subject)},\n`;
  before += `  "Message" : ${messageJson(notification.message)},\n`;
  before += `  "Timestamp" : "${notification.timestamp}",\n`;
  if (signing !== undefined) {
    before += `  "SignatureVersion" : "${signing.version}",${SIGNATURE_FIELD}${PLACEHOLDER}",\n`;
    before += `  "SigningCertURL" : "${signing.certificateUrl}",\n`;
  }
  return {
    before: `${before}  "UnsubscribeURL" : "`,
    after: `"${attributesPart(notification)}${notification.replayed ? ',\n  "Replayed" : true' : ''}\n}`,
  };
}

function attributesPart({ attributes }: Notification): string {
  if (attributes.length === 0) return '';
  let part = ',\n  "MessageAttributes" : {';
  let separator = '\n';
  for (const { name, type, value } of attributes) {
    const entry = `{"Type":${jsonString(type)},"Value":${jsonString(value)}}`;
    part += `${separator}    ${JSON.stringify(name)} : ${entry}`;
    separator = ',\n';
  }
  return `${part}\n  }`;
}

/** What the owner of an endpoint is asked, or told with a way back. */
export interface Confirmation {
  readonly type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly subscriptionArn: string;
  readonly messageId: string;
  readonly token: string;
  readonly topicArn: string;
  readonly subscribeUrl: string;
  readonly timestamp: string;
  readonly signing: { readonly version: '1' | '2'; readonly certificateUrl: string };
}

/** The envelope of a confirmation, with its signature left open for `fillSignature`. */
export function confirmationEnvelope(confirmation: Confirmation): string {
  const { type, messageId, token, topicArn, subscribeUrl, timestamp, signing } = confirmation;
  const message =
    type === 'SubscriptionConfirmation'
      ? `You have chosen to subscribe to the topic ${topicArn}.\n` +
        'To confirm the subscription, visit the SubscribeURL included in this message.'
      : `You have chosen to deactivate subscription ${confirmation.subscriptionArn}.\n` +
        'To cancel this operation and restore the subscription, visit the SubscribeURL included in this message.';
  return (
    `{\n  "Type" : "${type}",\n  "MessageId" : "${messageId}",\n` +
    `  "Token" : "${token}",\n  "TopicArn" : "${topicArn}",\n` +
    `  "Message" : ${JSON.stringify(message)},\n  "SubscribeURL" : "${subscribeUrl}",\n` +
    `  "Timestamp" : "${timestamp}",\n` +
    `  "SignatureVersion" : "${signing.version}",${SIGNATURE_FIELD}${PLACEHOLDER}",\n` +
    `  "SigningCertURL" : "${signing.certificateUrl}"\n}`
  );
}

/** An envelope's part that is signed. */
export interface Signable {
  readonly version: '1' | '2';
  /** The string to sign. */
  readonly text: string;
}

const CONFIRMATION_FIELDS = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
];

/** The fields that are signed, in order, where present ("Verifying the signatures of Amazon SNS messages"). */
const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: CONFIRMATION_FIELDS,
  UnsubscribeConfirmation: CONFIRMATION_FIELDS,
};

/** Reads what is to be signed out of an envelope that has room for a signature; undefined for any other body. */
export function readSignable(body: string): Signable | undefined {
  if (!body.startsWith(OPENING) || !body.includes(SIGNATURE_FIELD + PLACEHOLDER)) return undefined;
  const fields: Record<string, unknown> = JSON.parse(body);
  let text = '';
  for (const name of SIGNED[String(fields.Type)] ?? []) {
    const value = fields[name];
    if (typeof value === 'string') text += `${name}\n${value}\n`;
  }
  const version = fields.SignatureVersion === '2' ? '2' : '1';
  return { version, text };
}

/** Puts a signature of 344 characters into the room that was left for it. */
export function fillSignature(body: string, signature: string): string {
  const start = body.indexOf(SIGNATURE_FIELD) + SIGNATURE_FIELD.length;
  return body.slice(0, start) + signature + body.slice(start + SIGNATURE_LENGTH);
}
