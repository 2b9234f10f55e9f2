import { randomUUID } from 'node:crypto';
import type { PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import { SNS_MAX_MESSAGE_BYTES } from '../../../../rules/limits.ts';
import { ServiceError } from '../../../errors.ts';
import { observedAttributes } from '../../../observe/attribute-values.ts';
import type { SnsContext } from '../context.ts';
import { type CheckedMessage, checkTexts, readDirectMessage, textFor } from '../message.ts';
import { isPhoneNumber } from '../phone-number.ts';
import { authorizeOwner } from '../platform/lookup.ts';
import { textForPlatform } from '../platform/payload.ts';
import { invalidParameter } from '../refusals.ts';

/**
 * Of one SMS, which is sent in parts. AWS's words for a longer one are not documented.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const MAX_SMS_CHARACTERS = 1600;

/** Sends a text message ("Publishing SMS messages to a mobile phone"): it is kept in the sink. */
export function publishToPhone(
  input: PublishInput,
  phoneNumber: string,
  ctx: SnsContext,
): PublishResponse {
  if (!isPhoneNumber(phoneNumber) || !phoneNumber.startsWith('+')) {
    throw invalidParameter(`PhoneNumber Reason: ${phoneNumber} is not valid to publish to`);
  }
  const message = read(input);
  const text = textFor(message, 'sms');
  if ([...text].length > MAX_SMS_CHARACTERS) throw invalidParameter('Message too long');
  return keep(ctx, 'sms', phoneNumber, message, text);
}

/** Sends to a device ("Publish to a platform endpoint"): it is kept in the sink. */
export function publishToEndpoint(
  input: PublishInput,
  endpointArn: string,
  ctx: SnsContext,
): PublishResponse {
  const endpoint = ctx.state.platform.endpoints.get(endpointArn);
  if (endpoint === undefined) {
    throw invalidParameter('TargetArn Reason: No endpoint found for the target arn specified');
  }
  authorizeOwner(ctx, endpointArn, 'Publish');
  if (endpoint.attributes.get('Enabled') !== 'true') {
    throw new ServiceError('EndpointDisabled', 'Endpoint is disabled');
  }
  const message = read(input);
  return keep(ctx, 'application', endpointArn, message, textForPlatform(message, endpointArn));
}

function read(input: PublishInput): CheckedMessage {
  const request = { ...input, Message: input.Message ?? '' };
  checkTexts(request);
  const message = readDirectMessage(request);
  if (message.bytes > SNS_MAX_MESSAGE_BYTES) throw invalidParameter('Message too long');
  return message;
}

function keep(
  ctx: SnsContext,
  protocol: string,
  endpoint: string,
  { subject, attributes }: CheckedMessage,
  body: string,
): PublishResponse {
  const messageId = randomUUID();
  ctx.state.sink.add({
    time: ctx.clock.timestamp(),
    type: 'Notification',
    protocol,
    endpoint,
    messageId,
    subject,
    body,
    attributes: observedAttributes(attributes.values),
    state: 'kept',
  });
  return { MessageId: messageId };
}
