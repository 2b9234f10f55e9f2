import type { MessageEvent } from '../../rules/message-trace.ts';
import type { Meter } from './meter.ts';

/** By scope: a name that is put together for each event would have to be hashed for each. */
const FILTERED_OUT = {
  MessageAttributes: 'NumberOfNotificationsFilteredOut-MessageAttributes',
  MessageBody: 'NumberOfNotificationsFilteredOut-MessageBody',
} as const;

/** Counts an event of a message for the metrics of AWS/SNS and AWS/SQS that it belongs to. */
export function countEvent(meter: Meter, event: MessageEvent): void {
  switch (event.kind) {
    case 'published':
      meter.add(event.topicArn, 'NumberOfMessagesPublished');
      break;
    case 'delivered':
      meter.add(event.topicArn, 'NumberOfNotificationsDelivered');
      meter.add(event.queueArn, 'NumberOfMessagesSent');
      break;
    case 'invoked':
      meter.add(event.topicArn, 'NumberOfNotificationsDelivered');
      break;
    case 'filtered':
      meter.add(event.topicArn, 'NumberOfNotificationsFilteredOut');
      meter.add(event.topicArn, FILTERED_OUT[event.scope]);
      break;
    case 'refused':
      if (event.errorCode === 'PendingConfirmation') break;
      meter.add(event.topicArn, 'NumberOfNotificationsFailed');
      break;
    case 'sent':
      meter.add(event.queueArn, 'NumberOfMessagesSent');
      break;
    case 'received':
      meter.add(event.queueArn, 'NumberOfMessagesReceived');
      break;
    case 'deleted':
      if (event.by === 'consumer') meter.add(event.queueArn, 'NumberOfMessagesDeleted');
      break;
    default:
      break;
  }
}
