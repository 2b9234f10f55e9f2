import { describe, expect, it } from 'vitest';
import { differencesWithin } from '../../../src/lib/deploy/property-differences.ts';

function lines(setting: string, from: unknown, to: unknown): string[] {
  const text = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  return differencesWithin({ setting, from: text(from), to: text(to) }).map(
    (each) => `${each.setting}: ${each.from ?? 'none'} → ${each.to ?? 'none'}`,
  );
}

describe('what differs in a property', () => {
  it('is said by its path: names of an environment, positions of other lists', () => {
    const container = (image: string, topic: string, command: string[]) => ({
      Name: 'app',
      Image: image,
      Command: command,
      Environment: [
        { Name: 'REGION', Value: 'eu-west-1' },
        { Name: 'TOPIC', Value: topic },
      ],
    });
    expect(
      lines(
        'ContainerDefinitions',
        [container('a', 'b', ['listen', 'x']), container('k', 'k', [])],
        [container('c', 'd', ['listen', 'y', 'z']), container('k', 'k', [])],
      ),
    ).toEqual([
      'ContainerDefinitions[0].Image: a → c',
      'ContainerDefinitions[0].Command[1]: x → y',
      'ContainerDefinitions[0].Command[2]: none → z',
      'ContainerDefinitions[0].Environment.TOPIC: b → d',
    ]);
  });

  it('is told of lists of names by what came, went or changed, in any order', () => {
    const tag = (Key: string, Value: string) => ({ Key, Value });
    expect(
      lines(
        'Tags',
        [tag('a', '1'), tag('b', '2'), tag('c', '3')],
        [tag('c', '4'), tag('a', '1'), tag('d', '5')],
      ),
    ).toEqual(['Tags.b: 2 → none', 'Tags.c: 3 → 4', 'Tags.d: none → 5']);
  });

  it('is the whole where one of both is none, a text or of another kind', () => {
    expect(lines('Code', undefined, { S3Key: 'k' })).toEqual(['Code: none → {"S3Key":"k"}']);
    expect(lines('Code', { S3Key: 'k' }, ['k'])).toEqual(['Code: {"S3Key":"k"} → ["k"]']);
    expect(differencesWithin({ setting: 'Memory', from: '512', to: '1024' })).toEqual([
      { setting: 'Memory', from: '512', to: '1024' },
    ]);
    expect(lines('Limit', { most: 1 }, { most: 1.5 })).toEqual(['Limit.most: 1 → 1.5']);
  });

  it('keeps twice the same name, and two values of one, by their positions', () => {
    const twice = [
      { Name: 'a', Value: '1' },
      { Name: 'a', Value: '2' },
    ];
    expect(lines('List', twice, twice.toReversed())).toEqual([
      'List[0].Value: 1 → 2',
      'List[1].Value: 2 → 1',
    ]);
  });
});
