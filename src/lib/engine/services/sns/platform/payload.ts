import type { CheckedMessage } from '../message.ts';
import { textFor } from '../message.ts';

/** What a platform gets of a message: with `MessageStructure` `json` its own text (`GCM`, `APNS`), else the default. */
export function textForPlatform(message: CheckedMessage, endpointArn: string): string {
  return textFor(message, platformOf(endpointArn));
}

/** `GCM` of `arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/id`. */
function platformOf(endpointArn: string): string {
  return endpointArn.split('/')[1] ?? '';
}
