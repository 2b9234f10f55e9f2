import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { StackChange } from '../../../src/lib/deploy/plan-stack.ts';
import { renderStackPlan } from '../../../src/lib/ui/stack.ts';

const plain = new Chalk({ level: 0 });

function update(type: string, differences: StackChange['differences']): StackChange {
  return { action: 'update', type, logicalId: 'Mail', replaced: 'no', differences };
}

describe('the plan of a stack', () => {
  it('has one column for the types, however long they are', () => {
    const create = (type: string): StackChange => ({
      ...update(type, []),
      action: 'create',
    });
    expect(
      renderStackPlan([create('AWS::SNS::Topic'), create('AWS::EC2::SecurityGroup')], plain),
    ).toEqual(['+ topic           Mail', '+ security group  Mail']);
  });

  it('fits values to 80 columns: what differs is shown', () => {
    const digest = (digit: string) => `pubsub@sha256:${digit.repeat(64)}`;
    const [, image, arn, whole] = renderStackPlan(
      [
        update('AWS::ECS::TaskDefinition', [
          { setting: 'ContainerDefinitions[0].Image', from: digest('a'), to: digest('b') },
          {
            setting: 'TaskDefinition',
            from: `arn:aws:ecs:us-east-1:000000000000:task-definition/shop-mail-task:7`,
            to: '{{changeSet:KNOWN_AFTER_APPLY}}',
          },
          { setting: 'Memory', from: '512', to: undefined },
        ]),
      ],
      plain,
    );
    expect(image).toBe(
      `    ContainerDefinitions[0].Image: …${'a'.repeat(19)}… → …${'b'.repeat(19)}…`,
    );
    expect(image?.length).toBeLessThanOrEqual(80);
    expect(arn).toBe('    TaskDefinition: …-definition/shop-mail-task:7 → known when it is made');
    expect(whole).toBe('    Memory: 512 → none');
  });

  it('says that a task gets a new revision, and that a queue is replaced', () => {
    const [task] = renderStackPlan(
      [{ ...update('AWS::ECS::TaskDefinition', []), replaced: 'yes' }],
      plain,
    );
    const [queue] = renderStackPlan([{ ...update('AWS::SQS::Queue', []), replaced: 'yes' }], plain);
    expect(task).toBe('~ task          Mail (a new revision)');
    expect(queue).toBe('~ queue         Mail (replaced: the old one is deleted)');
  });
});
