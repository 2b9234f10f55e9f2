import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { MessageEvent } from '../../../src/lib/rules/message-trace.ts';
import { renderQueueEvent } from '../../../src/lib/ui/function-watch.ts';

const plain = new Chalk({ level: 0 });
const failed: MessageEvent = {
  kind: 'failed',
  time: 0,
  account: '000000000000',
  region: 'us-east-1',
  messageId: '3b9d6b9c-c930-4c18-83b2-943c679580e4',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:OrderProcessor',
  requestId: '5bb7315b-c930-4c18-83b2-943c679580e4',
  errorType: 'BatchItemFailure',
  reason: 'the function named it in batchItemFailures',
};

describe('what happens to a message that a function takes', () => {
  it('is told in lines of the width that there is, and only that', () => {
    expect(renderQueueEvent(failed, 3, plain, 60)).toEqual([
      '3b9d6b9c ✗ BatchItemFailure: the function named it in',
      '  batchItemFailures',
    ]);
    expect(renderQueueEvent(failed, 3, plain)).toEqual([
      '3b9d6b9c ✗ BatchItemFailure: the function named it in batchItemFailures',
    ]);
  });
});
