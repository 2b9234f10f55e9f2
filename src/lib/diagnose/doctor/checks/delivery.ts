import { MAX_MESSAGE_ATTRIBUTES } from '../../../rules/limits.ts';
import { branchCheck, type Finding, fail, ok, SETUP, warn } from '../check.ts';

/** Whether raw delivery drops messages: it carries ten attributes at the most. */
export const delivery = branchCheck({
  id: 'delivery',
  reads: ({ subscription }) => ({ subscription }),
  run: ({ subscription: { attributes } }, { declared, topic }, { missing }): Finding => {
    const raw = attributes.RawMessageDelivery?.toLowerCase() === 'true';
    if (!raw) return ok('RawMessageDelivery is false');
    const fix = declared.rawDelivery ? undefined : SETUP;
    const remark = declared.rawDelivery
      ? ' pubsub.yaml asks for rawDelivery: send fewer, or take it out there.'
      : '';
    const count = Object.keys(missing?.attributes ?? {}).length;
    if (count > MAX_MESSAGE_ATTRIBUTES) {
      return fail(
        `RawMessageDelivery is true and the message has ${count} attributes: SNS drops what has more than ${MAX_MESSAGE_ATTRIBUTES}.${remark}`,
        fix,
      );
    }
    const dropped = topic.published.find(
      (message) => Object.keys(message.attributes).length > MAX_MESSAGE_ATTRIBUTES,
    );
    if (dropped !== undefined) {
      const number = Object.keys(dropped.attributes).length;
      return fail(
        `RawMessageDelivery is true and message ${dropped.messageId}, published at ${dropped.time.toISOString()}, has ${number} attributes: SNS drops what has more than ${MAX_MESSAGE_ATTRIBUTES}.${remark}`,
        fix,
      );
    }
    if (fix === undefined) {
      return ok(`RawMessageDelivery is true: at most ${MAX_MESSAGE_ATTRIBUTES} attributes.`);
    }
    return warn(
      `RawMessageDelivery is true, against the topology: SNS drops a message of more than ${MAX_MESSAGE_ATTRIBUTES} attributes.`,
      fix,
    );
  },
});
