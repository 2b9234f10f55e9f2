import type { VNode } from 'preact';
import type { CheckVerdict, EdgeState, Outcome } from '../../src/lib/dashboard/api/index.ts';
import { isolated } from '../text/controls.ts';
import { Foreign } from './foreign.tsx';
import { Icon, type IconName } from './icon.tsx';

/** How a state is coloured. The icon says the same without colour. */
export type Tone = 'ok' | 'warn' | 'bad' | 'accent' | 'quiet';

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly words: string;
}

/** How outcomes of messages are shown. */
export const OUTCOMES: Readonly<Record<Outcome, Look>> = {
  handled: { tone: 'ok', icon: 'ok', words: 'handled' },
  waiting: { tone: 'accent', icon: 'waiting', words: 'waiting' },
  hidden: { tone: 'accent', icon: 'flight', words: 'in flight' },
  filtered: { tone: 'quiet', icon: 'filtered', words: 'filtered' },
  refused: { tone: 'bad', icon: 'bad', words: 'refused' },
  dead: { tone: 'bad', icon: 'dead', words: 'dead letter' },
  expired: { tone: 'warn', icon: 'warn', words: 'expired' },
  removed: { tone: 'warn', icon: 'trash', words: 'removed' },
};

/** How verdicts of doctor's checks are shown. */
export const VERDICTS: Readonly<Record<CheckVerdict, Look>> = {
  ok: { tone: 'ok', icon: 'ok', words: 'ok' },
  warn: { tone: 'warn', icon: 'warn', words: 'warning' },
  fail: { tone: 'bad', icon: 'bad', words: 'failed' },
  unknown: { tone: 'quiet', icon: 'unknown', words: 'unknown' },
};

/** How edges of the topology are shown. */
export const EDGE_STATES: Readonly<Record<EdgeState, Look>> = {
  delivering: { tone: 'ok', icon: 'ok', words: 'delivers' },
  filtering: { tone: 'bad', icon: 'filtered', words: 'filters everything' },
  refusing: { tone: 'bad', icon: 'bad', words: 'refuses' },
  broken: { tone: 'bad', icon: 'bad', words: 'leads nowhere' },
  missing: { tone: 'bad', icon: 'bad', words: 'missing' },
  pending: { tone: 'warn', icon: 'waiting', words: 'unconfirmed' },
  elsewhere: { tone: 'quiet', icon: 'elsewhere', words: 'not looked at' },
  unknown: { tone: 'quiet', icon: 'unknown', words: 'may not be read' },
};

/** A state as icon and words. @param words in place of the state's own */
export function Mark(props: {
  readonly look: Look;
  readonly words?: string;
  readonly title?: string;
}): VNode {
  const { look, words = look.words, title } = props;
  return (
    <span class={`mark ${look.tone}`} title={title && isolated(title)}>
      <Icon name={look.icon} />
      <span>
        <Foreign text={words} />
      </span>
    </span>
  );
}
