import { fail, ok, SETUP, topicCheck } from '../check.ts';
import { orAbsent } from '../fact.ts';

/** Whether the topic is there. */
export const topic = topicCheck({
  id: 'topic',
  reads: ({ attributes }) => ({ attributes: orAbsent(attributes) }),
  run: ({ attributes }, { arn }, { identity }) =>
    attributes === undefined
      ? fail(
          `There is no topic ${arn}. Is it set up under another --prefix, --profile or --region than ${identity.region}?`,
          SETUP,
        )
      : ok(arn),
});
