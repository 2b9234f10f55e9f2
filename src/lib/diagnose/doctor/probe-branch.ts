import {
  type FilterPolicyScope,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../rules/filter-policy/index.ts';
import type { TemporaryQueue } from '../../topology/temporary-queue.ts';
import { type CandidateMessage, UNTYPED_MESSAGE } from './candidate-message.ts';
import { known } from './fact.ts';
import type { BranchFacts } from './facts.ts';

/** A subscriber and the temporary queue that stands for its own. */
export interface Branch {
  readonly subscriber: BranchFacts;
  readonly message: CandidateMessage;
  /** Whether the subscriber's filter policy lets the message through. */
  readonly passes: boolean;
  readonly queue: TemporaryQueue;
}

/** The settings of a subscription that decide what it delivers, and how. */
export interface Settings {
  readonly filterPolicy: string | undefined;
  readonly scope: FilterPolicyScope;
  readonly raw: boolean;
}

/** The settings of a subscriber's subscription. */
export function settingsOf({ subscription }: BranchFacts): Settings {
  const { FilterPolicy, FilterPolicyScope, RawMessageDelivery } =
    known(subscription)?.attributes ?? {};
  return {
    filterPolicy: FilterPolicy || undefined,
    scope: FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes',
    raw: RawMessageDelivery?.toLowerCase() === 'true',
  };
}

/** What to send a subscriber: the message that is missing, or the first usual one that its filter lets through. */
export function choose(
  { filterPolicy, scope }: Settings,
  missing: CandidateMessage | undefined,
  usual: readonly CandidateMessage[],
): Pick<Branch, 'message' | 'passes'> {
  const policy = filterPolicy === undefined ? undefined : parseFilterPolicy(filterPolicy, scope);
  const passes = (message: CandidateMessage): boolean =>
    policy === undefined || matchFilterPolicy(policy, message).matched;
  const [first = UNTYPED_MESSAGE] = usual;
  const message = missing ?? usual.find(passes) ?? first;
  return { message, passes: passes(message) };
}
