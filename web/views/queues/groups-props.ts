import type { QueueMessage, QueueMessages } from '../../../src/lib/dashboard/api/index.ts';
import type { Act } from '../../parts/act-dialog.tsx';

/** Messages of a queue, and what may be done with them. */
export interface GroupsProps {
  readonly found: QueueMessages;
  readonly messages: readonly QueueMessage[];
  /** Message ids. */
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  /** Asks before something is done. */
  readonly onAct: (act: Act) => void;
  /** Looks into the queue again. */
  readonly reload: () => void;
}
