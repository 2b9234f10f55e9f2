import { MAX_TOPIC_NAME_LENGTH } from '../../rules/limits.ts';
import { parseArn } from '../../rules/names.ts';
import type { TopicDefinition } from '../definition.ts';
import { FIFO_SUFFIX } from '../names.ts';
import { described, type Field, type Path, type Report, shownPath } from './field.ts';
import { mapping } from './mappings.ts';
import { flag, orFalse, refuse, text } from './scalars.ts';
import { tags } from './tags-field.ts';

/** Names of topics and queues (`CreateTopic`, `CreateQueue`). */
export const RESOURCE_NAME = /^[A-Za-z0-9_-]+(\.fifo)?$/;
/** Longest display name, in characters (`SetTopicAttributes`, "DisplayName"). */
const MAX_DISPLAY_NAME = 100;

/** The id, ARN or alias of a KMS key ("KeyId", KMS API reference), or `false` for none. */
export const kmsKey = described(
  'The KMS key that encrypts it: alias, id or ARN; false for none. Left as it is unless given.',
  orFalse(
    text({
      pattern:
        /^(alias\/[A-Za-z0-9/_-]+|arn:aws[\w-]*:kms:[\w-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
      words: 'must be the alias, id or ARN of a KMS key, or false',
      example: 'alias/acme',
    }),
  ),
);

/** The name of a topic or queue. */
export function resourceName(example: string, most: number): Field<string> {
  return text({
    pattern: RESOURCE_NAME,
    most,
    words: `must be a name of letters, digits, "-" and "_", at most ${most}`,
    example,
  });
}

const arn: Field<string> = {
  schema: {
    type: 'string',
    pattern: '^arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]+(\\.fifo)?$',
  },
  read(value, path, report) {
    const parts = typeof value === 'string' ? parseArn(value) : undefined;
    if (
      parts?.service === 'sns' &&
      /^[a-z0-9-]+$/.test(parts.region) &&
      /^\d{12}$/.test(parts.account) &&
      RESOURCE_NAME.test(parts.resource)
    ) {
      return value as string;
    }
    return refuse(
      value,
      path,
      report,
      'must be the ARN of a topic',
      'arn:aws:sns:eu-west-1:111122223333:user-events',
    );
  },
};

const fields = mapping(
  {
    name: described(
      'The exact name; the key unless given. The prefix comes before it.',
      resourceName('acme-ledger-events', MAX_TOPIC_NAME_LENGTH),
    ),
    arn: described("Somebody else's topic: subscribed to, never made, changed or deleted.", arn),
    fifo: described(
      'Whether it is a FIFO topic; .fifo is put behind a name that lacks it.',
      flag(),
    ),
    contentBasedDeduplication: described(
      'Of a FIFO topic: whether the body is the deduplication id.',
      flag(),
    ),
    displayName: described(
      'What e-mails and consoles call it.',
      text({
        pattern: /^[^\p{Cc}]*$/u,
        most: MAX_DISPLAY_NAME,
        words: `must be text of at most ${MAX_DISPLAY_NAME} characters`,
        example: 'Ledger',
      }),
    ),
    kmsKey,
    tags: described('Tags of this topic, besides those that say whose it is.', tags),
  },
  { example: '{ fifo: true }' },
);

/** A topic of a topology. */
export const topicField: Field<TopicDefinition> = {
  schema: fields.schema,
  read(value, path, report) {
    const topic = fields.read(value, path, report);
    if (topic) checkTopic(topic, path, report);
    return topic;
  },
};

function checkTopic(topic: TopicDefinition, path: Path, report: Report): void {
  const key = String(path.at(-1));
  const name = topic.name ?? key;
  const where = shownPath(path);
  const [other] = Object.keys(topic).filter((each) => each !== 'arn');
  if (topic.arn !== undefined) {
    if (other !== undefined) {
      report({
        path: [...path, other],
        atKey: true,
        what: `${where} has an arn, so it is somebody else's: nothing else can be said of it`,
        hint: `Write: ${key}: { arn: ${topic.arn} }`,
      });
    }
    return;
  }
  if (topic.fifo === false && name.endsWith(FIFO_SUFFIX)) {
    report({
      path: [...path, 'fifo'],
      what: `${where} is not a FIFO topic, but its name ends in ${FIFO_SUFFIX}`,
      hint: 'Leave "fifo: false" out, or give it another name.',
    });
  }
}
