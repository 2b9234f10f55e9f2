// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates say ${…}
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  readTemplateFile,
  type StackEngine,
  stackEngine,
} from '../../../fixtures/cloudformation.ts';
import { ownTags } from '../../../fixtures/template-cases.ts';

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
afterAll(() => engine.stop());

const queue = (properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });
const resources = (Resources: object, more: object = {}) => ({ Resources, ...more });

async function queueNames(prefix: string): Promise<string[]> {
  const { QueueUrls = [] } = await engine.sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: prefix }),
  );
  return QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1));
}

async function attribute(name: string, AttributeName: string): Promise<string | undefined> {
  const { QueueUrl } = await engine.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  const { Attributes = {} } = await engine.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return (Attributes as Record<string, string>)[AttributeName];
}

describe('a stack', () => {
  it('is made in the order of what needs what, used, and removed in reverse', async () => {
    const stack = await engine.create('shop', readTemplateFile('fan-out.yaml'), {
      Tags: [{ Key: 'team', Value: 'orders' }],
    });
    expect(stack).toMatchObject({
      StackName: 'shop',
      StackStatus: 'CREATE_COMPLETE',
      Description: 'A topic with two queues, each with a dead-letter queue behind it',
      Tags: [{ Key: 'team', Value: 'orders' }],
    });
    const outputs = Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const TopicArn = outputs.TopicArn ?? '';
    expect(TopicArn).toBe('arn:aws:sns:us-east-1:000000000000:shop-order-events');
    expect(outputs.AuditQueueUrl).toBe(`${engine.endpoint}/000000000000/shop-audit`);

    expect(await attribute('shop-email', 'RedrivePolicy')).toBe(
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:shop-email-dlq","maxReceiveCount":3}',
    );
    expect(await attribute('shop-email-dlq', 'MessageRetentionPeriod')).toBe('86400');
    const { Tags = [] } = await engine.sns.send(
      new ListTagsForResourceCommand({ ResourceArn: TopicArn }),
    );
    expect(ownTags(Tags)).toEqual([
      { Key: 'team', Value: 'orders' },
      { Key: 'stage', Value: 'dev' },
    ]);

    const MessageAttributes = {
      event_type: { DataType: 'String', StringValue: 'order.created' },
    };
    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'one', MessageAttributes }));
    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'two' }));
    const bodies = async (QueueUrl: string | undefined) =>
      (
        (await engine.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })))
          .Messages ?? []
      ).map(({ Body = '' }) => Body);
    expect(await bodies(outputs.EmailQueueUrl)).toEqual(['one']);
    expect(await bodies(outputs.AuditQueueUrl)).toHaveLength(2);

    const deleted = await engine.remove('shop');
    expect(deleted.StackStatus).toBe('DELETE_COMPLETE');
    expect(deleted.DeletionTime).toBeInstanceOf(Date);
    expect(await queueNames('shop')).toEqual([]);
    const { Topics = [] } = await engine.sns.send(new ListTopicsCommand({}));
    expect(Topics.filter(({ TopicArn: arn = '' }) => arn.includes('shop'))).toEqual([]);

    const events = await engine.events(deleted.StackId ?? '');
    const at = (event: string) => events.indexOf(event);
    expect(at('EmailDeadLetters CREATE_COMPLETE')).toBeLessThan(
      at('EmailQueue CREATE_IN_PROGRESS'),
    );
    expect(at('EmailQueue DELETE_COMPLETE')).toBeLessThan(
      at('EmailDeadLetters DELETE_IN_PROGRESS'),
    );
    expect(events.at(0)).toBe('shop CREATE_IN_PROGRESS User Initiated');
    expect(events.at(-1)).toBe('shop DELETE_COMPLETE');
    await expect(engine.stack('shop')).rejects.toThrow('Stack with id shop does not exist');
  });

  it('gives what has no name one of stack, logical id and letters', async () => {
    const fifo = queue({ FifoQueue: true, ContentBasedDeduplication: 'true' });
    const LongLogicalIdThatGoesOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn = queue();
    await engine.create(
      'names',
      resources({
        Fifo: fifo,
        LongLogicalIdThatGoesOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn,
        Topic: { Type: 'AWS::SNS::Topic' },
      }),
    );
    const names = await queueNames('names-');
    expect(names.sort()).toEqual([
      expect.stringMatching(/^names-Fifo-[A-Z0-9]{12}\.fifo$/),
      expect.stringMatching(/^names-LongLogical\w+-[A-Z0-9]{12}$/),
    ]);
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(80);
    const { StackResourceSummaries = [] } = await engine.cloudformation.send(
      new ListStackResourcesCommand({ StackName: 'names' }),
    );
    expect(
      StackResourceSummaries.map((each) => [each.LogicalResourceId, each.PhysicalResourceId]),
    ).toContainEqual([
      'Topic',
      expect.stringMatching(/^arn:aws:sns:us-east-1:000000000000:names-Topic-[A-Z0-9]{12}$/),
    ]);
    await engine.remove('names');
  });

  it('is taken back when a resource fails, with the reason', async () => {
    const template = resources({
      First: queue({ QueueName: 'back-first' }),
      Second: queue({ QueueName: 'back-second', VisibilityTimeout: 43201 }),
      Third: { ...queue({ QueueName: 'back-third' }), DependsOn: 'Second' },
      Kept: { ...queue({ QueueName: 'back-kept' }), DeletionPolicy: 'Retain' },
      Dropped: { ...queue({ QueueName: 'back-dropped' }), DeletionPolicy: 'RetainExceptOnCreate' },
    });
    // `First` comes before what fails because it stands before it.
    const stack = await engine.create('back', template);
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const events = await engine.events('back');
    expect(events.find((event) => event.startsWith('Second CREATE_FAILED'))).toMatch(
      /^Second CREATE_FAILED Resource handler returned message: ".*VisibilityTimeout.* \(Service: Sqs, Status Code: 400, Request ID: .*\)" \(RequestToken: .*, HandlerErrorCode: InvalidRequest\)$/,
    );
    expect(events).toContain(
      'back ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Second]. Rollback requested by user.',
    );
    expect(events).toContain('First DELETE_COMPLETE');
    expect(events.some((event) => event.startsWith('Third'))).toBe(false);
    expect(await queueNames('back')).toEqual([]);
    await expect(engine.update('back', template)).rejects.toThrow(
      /^Stack:arn:aws:cloudformation:us-east-1:000000000000:stack\/back\/.* is in ROLLBACK_COMPLETE state and can not be updated.$/,
    );
    await expect(engine.create('back', template)).rejects.toMatchObject({
      name: 'AlreadyExistsException',
      message: 'Stack [back] already exists',
    });
    expect((await engine.remove('back')).StackStatus).toBe('DELETE_COMPLETE');
  });

  it('keeps on the way back what is retained', async () => {
    const stack = await engine.create(
      'keeps',
      resources({
        Kept: { ...queue({ QueueName: 'keeps-kept' }), DeletionPolicy: 'Retain' },
        Dropped: {
          ...queue({ QueueName: 'keeps-dropped' }),
          DeletionPolicy: 'RetainExceptOnCreate',
        },
        Fails: queue({ QueueName: 'not a name' }),
      }),
    );
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await queueNames('keeps')).toEqual(['keeps-kept']);
    expect(await engine.events('keeps')).toContain('Kept DELETE_SKIPPED');
    await engine.remove('keeps');
    expect(await queueNames('keeps')).toEqual(['keeps-kept']);
  });

  it.each([
    ['DO_NOTHING', 'CREATE_FAILED', ['fails-DO-NOTHING-ok']],
    ['DELETE', 'DELETE_COMPLETE', []],
    ['ROLLBACK', 'ROLLBACK_COMPLETE', []],
  ] as const)('that fails with OnFailure %s is %s', async (OnFailure, status, left) => {
    const StackName = `fails-${OnFailure.replace('_', '-')}`;
    const template = resources({
      Ok: queue({ QueueName: `${StackName}-ok` }),
      Bad: queue({ QueueName: `${StackName}-bad`, DelaySeconds: 901 }),
    });
    const { StackId = '' } = await engine.cloudformation.send(
      new CreateStackCommand({ StackName, OnFailure, TemplateBody: JSON.stringify(template) }),
    );
    expect((await engine.stack(StackId)).StackStatus).toBe(status);
    expect(await queueNames(StackName)).toEqual(left);
    await engine.cloudformation.send(new DeleteStackCommand({ StackName }));
    expect(await queueNames(StackName)).toEqual([]);
  });

  it.each([
    [{ Foo: 1 }, 'Encountered unsupported property Foo'],
    [
      { RedrivePolicy: '{}', Tags: [{ Key: 'a', Value: 'b', Colour: 'red' }] },
      'Encountered unsupported property Colour',
    ],
    [{ Tags: { a: 'b' } }, 'Value of property Tags must be of type List'],
    [{ DelaySeconds: 'soon' }, 'Value of property DelaySeconds must be of type Integer'],
    [{ FifoQueue: 'yes' }, 'Value of property FifoQueue must be of type Boolean'],
    [{ QueueName: ['a'] }, 'Value of property QueueName must be of type String'],
  ])('whose queue has the properties %j fails', async (properties, reason) => {
    const { StackId = '' } = await engine.create('odd', resources({ Queue: queue(properties) }));
    await engine.remove('odd');
    expect(await engine.events(StackId)).toContain(`Queue CREATE_FAILED ${reason}`);
  });

  it('does not take over what was there before', async () => {
    await engine.sqs.send(new CreateQueueCommand({ QueueName: 'theirs' }));
    await engine.create('taker', resources({ Queue: queue({ QueueName: 'theirs' }) }));
    expect(await engine.events('taker')).toContain(
      "Queue CREATE_FAILED Resource of type 'AWS::SQS::Queue' with identifier 'theirs' already exists.",
    );
    await engine.remove('taker');
    expect(await queueNames('theirs')).toEqual(['theirs']);
  });

  it('that is protected is not deleted', async () => {
    await engine.create('safe', resources({ Queue: queue() }), {
      EnableTerminationProtection: true,
    });
    await expect(engine.remove('safe')).rejects.toThrow(
      'Stack [safe] cannot be deleted while TerminationProtection is enabled',
    );
    await engine.cloudformation.send(
      new UpdateTerminationProtectionCommand({
        StackName: 'safe',
        EnableTerminationProtection: false,
      }),
    );
    expect((await engine.remove('safe')).StackStatus).toBe('DELETE_COMPLETE');
  });

  it('is listed by status', async () => {
    await engine.create('listed', resources({ Queue: queue() }));
    await engine.remove('listed');
    const named = async (...StackStatusFilter: ('DELETE_COMPLETE' | 'CREATE_COMPLETE')[]) =>
      (
        await engine.cloudformation.send(new ListStacksCommand({ StackStatusFilter }))
      ).StackSummaries?.map(({ StackName }) => StackName);
    expect(await named('DELETE_COMPLETE')).toContain('listed');
    expect(await named('CREATE_COMPLETE')).not.toContain('listed');
  });

  it('gives values to others, which hold it', async () => {
    const exporting = (name: string) =>
      resources(
        { Queue: queue({ QueueName: name }) },
        { Outputs: { Arn: { Value: { 'Fn::GetAtt': 'Queue.Arn' }, Export: { Name: 'dead' } } } },
      );
    await engine.create('giver', exporting('giver-dead'));
    const importing = resources({
      Queue: queue({
        QueueName: 'taking',
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::ImportValue': { 'Fn::Sub': 'dead' } },
          maxReceiveCount: 2,
        },
      }),
    });
    const taking = await engine.create('taking', importing);
    expect(taking.StackStatus).toBe('CREATE_COMPLETE');
    expect(await attribute('taking', 'RedrivePolicy')).toContain(':giver-dead"');
    const { Exports = [] } = await engine.cloudformation.send(new ListExportsCommand({}));
    expect(Exports.filter(({ Name }) => Name === 'dead')).toMatchObject([
      { Value: 'arn:aws:sqs:us-east-1:000000000000:giver-dead' },
    ]);
    const imports = new ListImportsCommand({ ExportName: 'dead' });
    expect((await engine.cloudformation.send(imports)).Imports).toEqual(['taking']);
    await expect(engine.remove('giver')).rejects.toThrow(
      'Export dead cannot be deleted as it is in use by taking',
    );
    const updated = await engine.update('giver', exporting('giver-dead-2'));
    expect(updated.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await engine.events('giver')).toContain(
      'giver UPDATE_ROLLBACK_IN_PROGRESS Export dead cannot be updated as it is in use by taking',
    );
    expect(await queueNames('giver')).toEqual(['giver-dead']);
    const second = await engine.create('second', exporting('second-dead'));
    expect(second.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await engine.events('second')).toContain(
      'second ROLLBACK_IN_PROGRESS Export with name dead is already exported by stack giver. Rollback requested by user.',
    );
    for (const name of ['second', 'taking', 'giver']) await engine.remove(name);
  });
});

describe('an update whose rollback fails', () => {
  /** A function whose code is a folder of this machine, and what is made after it. */
  const template = (folder: string, more: object = {}) =>
    resources({
      Code: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'unsettled',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/any',
          Code: { S3Bucket: 'hot-reload', S3Key: folder },
        },
      },
      ...more,
    });
  const tooLong = {
    After: { ...queue({ QueueName: 'after', VisibilityTimeout: 43_201 }), DependsOn: 'Code' },
  };
  const goOn = (ResourcesToSkip: string[] = [], ClientRequestToken?: string) =>
    engine.cloudformation.send(
      new ContinueUpdateRollbackCommand({
        StackName: 'unsettled',
        ResourcesToSkip,
        ClientRequestToken,
      }),
    );
  let home: string;
  /** A stack whose function had code that is gone, so that it can't be put back. */
  async function unsettled(): Promise<void> {
    home = mkdtempSync(join(tmpdir(), 'pubsub-rollback-'));
    for (const version of ['first', 'second']) put(version);
    await engine.create('unsettled', template(join(home, 'first')));
    rmSync(join(home, 'first'), { recursive: true });
    const updated = await engine.update('unsettled', template(join(home, 'second'), tooLong));
    expect(updated.StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    expect(updated.StackStatusReason).toContain('[Code]');
  }
  const put = (version: string): void => {
    mkdirSync(join(home, version));
    writeFileSync(join(home, version, 'index.mjs'), 'export const handler = () => 1;\n');
  };
  afterEach(async () => {
    await engine.remove('unsettled');
    rmSync(home, { recursive: true, force: true });
  });

  it('goes on once what it needs is there again', async () => {
    await unsettled();
    await expect(engine.update('unsettled', template(join(home, 'second')))).rejects.toThrow(
      'is in UPDATE_ROLLBACK_FAILED state and can not be updated.',
    );
    await goOn();
    expect((await engine.stack('unsettled')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    put('first');
    await goOn();
    expect((await engine.stack('unsettled')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    await expect(goOn()).rejects.toThrow(
      'is in UPDATE_ROLLBACK_COMPLETE state and can not be rolled back.',
    );
    const again = await engine.update('unsettled', template(join(home, 'second')));
    expect(again.StackStatus).toBe('UPDATE_COMPLETE');
  });

  it('leaves what it is told to', async () => {
    await unsettled();
    await expect(goOn(['After'])).rejects.toThrow('After is not in state UPDATE_FAILED');
    await goOn(['Code']);
    expect((await engine.stack('unsettled')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  it('goes on once for a call that is repeated with its token, which its events have', async () => {
    await unsettled();
    await goOn(['Code'], 'one');
    await goOn(['Code'], 'one');
    await expect(goOn(['Code'], 'two')).rejects.toThrow(
      'is in UPDATE_ROLLBACK_COMPLETE state and can not be rolled back.',
    );
    const asked = new DescribeStackEventsCommand({ StackName: 'unsettled' });
    const { StackEvents = [] } = await engine.cloudformation.send(asked);
    expect(StackEvents[0]).toMatchObject({
      ResourceStatus: 'UPDATE_ROLLBACK_COMPLETE',
      ClientRequestToken: 'one',
    });
  });
});

describe('an update', () => {
  const topic = (more: object = {}, name = 'up') => ({
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: name, ...more },
  });
  const subscription = (more: object = {}) => ({
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Topic' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      ...more,
    },
  });

  it('changes in place what can be, and removes what is gone', async () => {
    await engine.create(
      'up',
      resources({
        Topic: topic({ DisplayName: 'Before', Tags: [{ Key: 'old', Value: '1' }] }),
        Queue: queue({ QueueName: 'up', VisibilityTimeout: 10, DelaySeconds: 5 }),
        Gone: queue({ QueueName: 'up-gone' }),
        GoneAndKept: { ...queue({ QueueName: 'up-kept' }), DeletionPolicy: 'Retain' },
        Subscription: subscription({ FilterPolicy: { a: ['x'] }, RawMessageDelivery: true }),
      }),
      { Tags: [{ Key: 'stack', Value: 'one' }] },
    );
    const after = await engine.update(
      'up',
      resources({
        Topic: topic({ Tags: [{ Key: 'new', Value: '2' }] }),
        Queue: queue({ QueueName: 'up', VisibilityTimeout: '20' }),
        Added: queue({ QueueName: 'up-added' }),
        Subscription: subscription({
          FilterPolicy: { b: ['y'] },
          FilterPolicyScope: 'MessageBody',
        }),
      }),
      { Tags: [{ Key: 'stack', Value: 'two' }] },
    );
    expect(after.StackStatus).toBe('UPDATE_COMPLETE');
    expect(after.LastUpdatedTime).toBeInstanceOf(Date);
    expect((await queueNames('up')).sort()).toEqual(['up', 'up-added', 'up-kept']);
    expect(await attribute('up', 'VisibilityTimeout')).toBe('20');
    expect(await attribute('up', 'DelaySeconds')).toBe('0');
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:up';
    const { Attributes: ofTopic = {} } = await engine.sns.send(
      new GetTopicAttributesCommand({ TopicArn }),
    );
    expect(ofTopic.DisplayName ?? '').toBe('');
    const { Tags = [] } = await engine.sns.send(
      new ListTagsForResourceCommand({ ResourceArn: TopicArn }),
    );
    const told = ownTags(Tags).map(({ Key, Value }) => `${Key}=${Value}`);
    expect(told.sort()).toEqual(['new=2', 'stack=two']);
    const QueueUrl = `${engine.endpoint}/000000000000/up`;
    const tagged = await engine.sqs.send(new ListQueueTagsCommand({ QueueUrl }));
    expect(tagged.Tags).toMatchObject({ stack: 'two' });
    expect(Object.keys(tagged.Tags ?? {})).toHaveLength(4);
    const { Subscriptions = [] } = await engine.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn }),
    );
    const { Attributes = {} } = await engine.sns.send(
      new GetSubscriptionAttributesCommand({
        SubscriptionArn: Subscriptions[0]?.SubscriptionArn ?? '',
      }),
    );
    expect(Attributes).toMatchObject({
      FilterPolicy: '{"b":["y"]}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'false',
    });
    const events = await engine.events('up');
    expect(events).toContain('GoneAndKept DELETE_SKIPPED');
    expect(events).toContain('Gone DELETE_COMPLETE');
    expect(events.filter((event) => event.startsWith('Topic'))).toEqual([
      'Topic CREATE_IN_PROGRESS',
      'Topic CREATE_COMPLETE',
      'Topic UPDATE_IN_PROGRESS',
      'Topic UPDATE_COMPLETE',
    ]);
    await engine.remove('up');
  });

  it('replaces what has to be, and what refers to it follows', async () => {
    const template = (name: string, policies: object = {}) =>
      resources({
        Topic: topic({}, 'swap'),
        Queue: { ...queue({ QueueName: name }), ...policies },
        Subscription: subscription(),
      });
    await engine.create('swap', template('swap-1'));
    await engine.update('swap', template('swap-2'));
    expect(await queueNames('swap')).toEqual(['swap-2']);
    const { Subscriptions = [] } = await engine.sns.send(
      new ListSubscriptionsByTopicCommand({
        TopicArn: 'arn:aws:sns:us-east-1:000000000000:swap',
      }),
    );
    expect(Subscriptions.map(({ Endpoint }) => Endpoint)).toEqual([
      'arn:aws:sqs:us-east-1:000000000000:swap-2',
    ]);
    expect(await engine.events('swap')).toContain(
      'Queue UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
    );
    await engine.update('swap', template('swap-3', { UpdateReplacePolicy: 'Retain' }));
    await engine.update('swap', template('swap-4', { UpdateReplacePolicy: 'Retain' }));
    // The policy that counts is the one of the resource that is replaced.
    expect((await queueNames('swap')).sort()).toEqual(['swap-3', 'swap-4']);
    await engine.remove('swap');
  });

  it('that fails makes everything again what it was', async () => {
    const before = resources({
      Topic: topic({ DisplayName: 'Before' }, 'undo'),
      Queue: queue({ QueueName: 'undo', VisibilityTimeout: 10 }),
      Swapped: queue({ QueueName: 'undo-old' }),
      Subscription: subscription({ FilterPolicy: { a: ['x'] } }),
      Gone: queue({ QueueName: 'undo-gone' }),
    });
    const made = await engine.create('undo', before, { Tags: [{ Key: 'k', Value: 'before' }] });
    const after = resources(
      {
        Topic: topic({ DisplayName: 'After' }, 'undo'),
        Queue: queue({ QueueName: 'undo', VisibilityTimeout: 20 }),
        Swapped: queue({ QueueName: 'undo-new' }),
        Added: queue({ QueueName: 'undo-added' }),
        Subscription: subscription({ FilterPolicy: { a: [{ nonsense: 1 }] } }),
      },
      { Outputs: { Name: { Value: 'x' } } },
    );
    const failed = await engine.update('undo', after, { Tags: [{ Key: 'k', Value: 'after' }] });
    expect(failed).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      Outputs: made.Outputs ?? [],
      Tags: [{ Key: 'k', Value: 'before' }],
    });
    expect((await queueNames('undo')).sort()).toEqual(['undo', 'undo-gone', 'undo-old']);
    expect(await attribute('undo', 'VisibilityTimeout')).toBe('10');
    const events = await engine.events('undo');
    expect(events).toContain(
      'undo UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Subscription].',
    );
    expect(events.some((event) => event.startsWith('Gone DELETE'))).toBe(false);
    const QueueUrl = `${engine.endpoint}/000000000000/undo`;
    const { Tags } = await engine.sqs.send(new ListQueueTagsCommand({ QueueUrl }));
    expect(Tags).toMatchObject({ k: 'before' });
    expect(Object.keys(Tags ?? {})).toHaveLength(4);
    // A stack that was made again what it was can be updated.
    const again = await engine.update('undo', {
      ...before,
      Description: 'x',
      Outputs: { A: { Value: 'b' } },
    });
    expect(again.StackStatus).toBe('UPDATE_COMPLETE');
    await engine.remove('undo');
    expect(await queueNames('undo')).toEqual([]);
  });

  it('without changes is refused in words', async () => {
    const template = resources({ Queue: queue({ QueueName: 'same' }) });
    await engine.create('same', template);
    await expect(engine.update('same', template)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
    await engine.remove('same');
  });

  it('does not replace what has a name of its own', async () => {
    await engine.create(
      'own',
      resources({ Queue: queue({ QueueName: 'own.fifo', FifoQueue: true }) }),
    );
    const updated = await engine.update(
      'own',
      resources({ Queue: queue({ QueueName: 'own.fifo' }) }),
    );
    expect(updated.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await engine.events('own')).toContain(
      'Queue UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename own.fifo and update the stack again.',
    );
    await expect(
      engine.update('own', resources({ Queue: { Type: 'AWS::SNS::Topic' } })),
    ).rejects.toThrow(
      'Update of resource type is not permitted. The new template modifies resource type of the following resources: [Queue]',
    );
    await engine.remove('own');
  });
});

it('shows no value of a parameter with NoEcho in the properties of its events', async () => {
  const template = {
    Parameters: { Secret: { Type: 'String', NoEcho: true }, Word: { Type: 'String' } },
    Resources: {
      Queue: queue({
        Tags: [
          { Key: 'secret', Value: { 'Fn::Sub': 'with-${Secret}' } },
          { Key: 'word', Value: { Ref: 'Word' } },
        ],
      }),
    },
  };
  const parameters = (secret: string) => ({
    Parameters: [
      { ParameterKey: 'Secret', ParameterValue: secret },
      { ParameterKey: 'Word', ParameterValue: 'plain' },
    ],
  });
  const { StackId: StackName = '' } = await engine.create('hushed', template, parameters('first'));
  await engine.update('hushed', template, parameters('second'));
  const Broken = { ...queue({ VisibilityTimeout: 43_201 }), DependsOn: 'Queue' };
  const failing = { ...template, Resources: { ...template.Resources, Broken } };
  const { StackStatus } = await engine.update('hushed', failing, parameters('third'));
  expect(StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  await engine.remove('hushed');
  const { StackEvents = [] } = await engine.cloudformation.send(
    new DescribeStackEventsCommand({ StackName }),
  );
  const shown = StackEvents.filter(({ LogicalResourceId: id }) => id === 'Queue').map(
    ({ ResourceStatus, ResourceProperties = '' }) => [
      ResourceStatus,
      JSON.parse(ResourceProperties),
    ],
  );
  const Tags = [
    { Key: 'secret', Value: 'with-****' },
    { Key: 'word', Value: 'plain' },
  ];
  const statuses = ['CREATE', 'UPDATE', 'DELETE'].flatMap((act) => [
    `${act}_IN_PROGRESS`,
    `${act}_COMPLETE`,
  ]);
  expect(new Set(shown.map(([status]) => status))).toEqual(new Set(statuses));
  for (const [, properties] of shown) expect(properties).toEqual({ Tags });
});

it('finds the stack of a resource', async () => {
  await engine.create(
    'found',
    resources({ Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'found' } } }),
  );
  const { StackResources } = await engine.cloudformation.send(
    new DescribeStackResourcesCommand({
      PhysicalResourceId: 'arn:aws:sns:us-east-1:000000000000:found',
    }),
  );
  expect(StackResources).toMatchObject([
    { StackName: 'found', LogicalResourceId: 'Topic', ResourceStatus: 'CREATE_COMPLETE' },
  ]);
  await engine.remove('found');
});
