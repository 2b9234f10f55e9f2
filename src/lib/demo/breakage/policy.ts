import { findQueueUrl, getQueueAttributes, setQueueAttributes } from '../../aws/queues.ts';
import { diagnose } from '../../diagnose/doctor/diagnose.ts';
import { removeStatement } from '../../rules/policy/document.ts';
import { gone } from '../stage.ts';
import type { Breakage } from './breakage.ts';

/** On SNS and SQS: the statement of a queue's policy that lets the topic write. */
export const policyBreakage: Breakage = {
  breaking: {
    title: 'Break a queue policy',
    why: 'SNS may not write any more, and tells nobody',
  },
  mending: {
    title: 'Put the policy back',
    why: 'what was lost stays lost; what comes now arrives',
  },
  part: 'policy',
  ineffective: 'this endpoint does not enforce queue policies',
  async cut(stage, { queue }, { name }) {
    const { aws } = stage.place;
    const url = (await findQueueUrl(aws, queue)) ?? gone(queue);
    const attributes = await getQueueAttributes(aws, url, ['Policy']);
    const { text } = removeStatement(attributes?.Policy, `pubsub-${name}`);
    await setQueueAttributes(aws, url, { Policy: text ?? '' });
    stage.tell({ kind: 'policyRemoved', queue });
  },
  async diagnose({ place }, subscriber, stateDir) {
    const look = { ...place, topology: { ...place.topology, subscribers: [subscriber] } };
    return (await diagnose({ place: look, stateDir })).found;
  },
  mended: (queue) => ({ kind: 'policyRestored', queue }),
};
