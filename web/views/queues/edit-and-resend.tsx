import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { QueueMessage, QueueMessages } from '../../../src/lib/dashboard/api/index.ts';
import type { Act } from '../../parts/act-dialog.tsx';
import { AttributesEditor } from '../../parts/attributes-editor.tsx';
import { api } from '../../state/api.ts';
import { overview } from '../../state/overview.ts';
import { tellResult } from './deeds.ts';

/** A message as a form: what is sent is a new message. */
export function EditAndResend(props: {
  readonly message: QueueMessage;
  readonly found: QueueMessages;
  readonly onAct: (act: Act) => void;
  readonly cancel: () => void;
  readonly onDone: () => void;
}): VNode {
  const { message, found, onAct, cancel, onDone } = props;
  const origin = message.origin ?? found.deadLettersOf[0] ?? found.queue;
  const [text, setText] = useState(message.text.text);
  const [attributes, setAttributes] = useState(message.attributes);
  const [to, setTo] = useState(origin);
  const [remove, setRemove] = useState(true);
  const queues =
    overview.value?.nodes.filter(({ kind }) => kind === 'queue' || kind === 'dead-letter-queue') ??
    [];
  const request = { messageId: message.messageId, remove, to, text, attributes };
  const review = (event: Event): void => {
    event.preventDefault();
    onAct({
      title: 'Resend an edited message',
      verb: 'Resend',
      isDangerous: remove,
      plan: async () => {
        const result = await api.resend(found.queue, { ...request, dryRun: true });
        const { words, command, count } = result;
        return { words, command, where: result, isEmpty: count === 0 };
      },
      run: async () => {
        tellResult(await api.resend(found.queue, { ...request, dryRun: false }));
        cancel();
        onDone();
      },
    });
  };
  return (
    <form class="stack editor" onSubmit={review} aria-label="Edit and resend">
      <label class="field">
        <span class="label">Text</span>
        <textarea
          rows={Math.min(16, text.split('\n').length + 3)}
          value={text}
          spellcheck={false}
          dir="auto"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <AttributesEditor attributes={attributes} onChange={setAttributes} />
      <label class="field">
        <span class="label">To the queue</span>
        <select value={to} onChange={({ currentTarget }) => setTo(currentTarget.value)}>
          {[...new Set([origin, ...queues.map(({ name }) => name)])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" checked={remove} onChange={() => setRemove(!remove)} />
        Delete the old one from {found.queue} once the new one is accepted
      </label>
      <div class="row">
        <button type="button" onClick={cancel}>
          Cancel
        </button>
        <button type="submit" class="primary">
          Review
        </button>
      </div>
    </form>
  );
}
