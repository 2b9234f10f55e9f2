import { randomUUID } from 'node:crypto';
import type { Scheduled } from '../../clock.ts';
import type { EngineParts } from '../../parts.ts';
import type { FunctionPort, ScheduledRule, SchedulePort } from '../../ports.ts';
import { KeptResources } from '../kept-resources.ts';
import { rateMs } from './rate.ts';

/** A rule, with the engine's time from which on its schedule counts. */
interface Rule extends ScheduledRule {
  readonly since: number;
}

/** The rules that the journal holds, each of which goes on; none at the first start. */
export function createSchedules(parts: EngineParts, functions: FunctionPort): SchedulePort {
  const { clock, journal } = parts;
  const rules = new KeptResources<Rule>(journal, 'events.rules');
  const timers = new Map<string, Scheduled>();

  const fire = ({ arn, account, region, targets }: Rule): void => {
    const sender = { service: 'events.amazonaws.com', sourceArn: arn };
    const event = JSON.stringify({
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account,
      // Without milliseconds.
      time: new Date(clock.timestamp()).toISOString().replace(/\.\d+/, ''),
      region,
      resources: [arn],
      detail: {},
    });
    // What a function's policy forbids is lost, as on AWS.
    for (const { functionArn, input } of targets) {
      functions.deliver(functionArn, sender, input === '' ? event : input);
    }
  };
  const wait = (rule: Rule): void => {
    const periodMs = rateMs(rule.schedule);
    timers.get(rule.arn)?.cancel();
    timers.delete(rule.arn);
    if (!rule.isEnabled || periodMs === undefined) return;
    const passed = Math.floor((clock.now() - rule.since) / periodMs);
    const timer = clock.schedule(rule.since + (passed + 1) * periodMs, () => {
      fire(rule);
      wait(rule);
    });
    timers.set(rule.arn, timer);
  };
  for (const rule of rules.values()) wait(rule);
  return {
    has: (arn) => rules.has(arn),
    put(given) {
      const before = rules.get(given.arn);
      const goesOn = before?.schedule === given.schedule && before.isEnabled;
      const rule = { ...given, since: goesOn ? before.since : clock.now() };
      rules.store(rule);
      wait(rule);
    },
    remove(arn) {
      timers.get(arn)?.cancel();
      timers.delete(arn);
      const rule = rules.get(arn);
      if (rule !== undefined) rules.drop(rule);
    },
  };
}
