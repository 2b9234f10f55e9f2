import type { ActionResult, MessageSelection } from '../../../src/lib/dashboard/api/index.ts';
import type { Act } from '../../parts/act-dialog.tsx';
import { toast } from '../../parts/toasts.tsx';
import { api, type QueueDeed } from '../../state/api.ts';
import { counted } from '../../text/figures.ts';

const TITLES: Readonly<Record<QueueDeed, string>> = {
  redrive: 'Send dead letters back',
  delete: 'Delete messages',
  purge: 'Purge the queue',
};
const VERBS: Readonly<Record<QueueDeed, string>> = {
  redrive: 'Redrive',
  delete: 'Delete',
  purge: 'Purge',
};

/** Something that is done to messages of a queue, as a question. */
export function deed(of: {
  readonly queue: string;
  readonly name: QueueDeed;
  readonly selection: MessageSelection;
  readonly onDone: () => void;
}): Act {
  const { queue, name, selection, onDone } = of;
  const destroys = name !== 'redrive';
  return {
    title: `${TITLES[name]}: ${queue}`,
    verb: VERBS[name],
    isDangerous: destroys,
    confirmName: destroys ? queue : undefined,
    plan: async () => {
      const result = await api.act(queue, name, { ...selection, dryRun: true });
      const { words, command, count } = result;
      return { words, command, where: result, isEmpty: count === 0 };
    },
    run: async () => {
      const confirm = destroys ? { confirm: queue } : {};
      tellResult(await api.act(queue, name, { ...selection, ...confirm, dryRun: false }));
      onDone();
    },
  };
}

/** Says what an action did, and to how many messages it could not do it. */
export function tellResult({ words, failures, done }: ActionResult): void {
  toast(done === 0 ? 'bad' : 'ok', words);
  const [first] = failures;
  if (first === undefined) return;
  toast('bad', `It failed for ${counted(failures.length, 'message')}: ${first.reason}`);
}
