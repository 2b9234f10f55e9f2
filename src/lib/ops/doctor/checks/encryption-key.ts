import { fail, type Finding, type Fix, ok, subscriberCheck, unknown } from '../check.ts';

/** The key that AWS manages for SQS: its policy can't be changed, and it doesn't let SNS in. */
const MANAGED_KEY = 'alias/aws/sqs';

/** Whether SNS may use the key that encrypts the queue. */
export const encryptionKey = subscriberCheck({
  id: 'encryption-key',
  reads: ({ queue }) => ({ queue }),
  run: ({ queue: { url, attributes } }): Finding => {
    const key = attributes.KmsMasterKeyId;
    if (!key) return ok('No customer key: SNS needs no permission to encrypt.');
    if (key.endsWith(MANAGED_KEY)) {
      return fail(
        `KmsMasterKeyId is ${key}: its policy can't be changed, and it doesn't let sns.amazonaws.com use it.`,
        withoutKey(url),
      );
    }
    return unknown(`KmsMasterKeyId is ${key}, whose policy is not looked at.`);
  },
});

/** Back to the encryption that SQS manages itself, which needs no key policy. */
function withoutKey(url: string): Fix {
  const attributes = '{"KmsMasterKeyId":"","SqsManagedSseEnabled":"true"}';
  return {
    tool: 'aws',
    words: ['sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', attributes],
  };
}
