import type { VNode } from 'preact';
import { Foreign } from '../../parts/foreign.tsx';
import { route, setParams } from '../../state/route.ts';
import { isolated } from '../../text/controls.ts';
import { count } from '../../text/figures.ts';
import type { GroupsProps } from './groups-props.ts';
import { QueueMessageItem } from './message-item.tsx';
import { byReason } from './selection.ts';

/** Shows the groups, the largest first. */
export function Groups(props: GroupsProps): VNode {
  const { found, messages } = props;
  const isDead = found.deadLettersOf.length > 0;
  const groups = isDead ? byReason(messages) : [];
  if (groups.length === 0) return <List {...props} messages={messages} />;
  const reason = route.value.params.get('reason');
  return (
    <div class="stack">
      {groups.map(([name, members]) => (
        <section class="stack tight" key={name} aria-label={isolated(name)}>
          <header class="row reason">
            <span class="badge">{count(members.length)}</span>
            <h2>
              <Foreign text={name} />
            </h2>
            <button
              type="button"
              class="plain small push"
              onClick={() => setParams({ reason: reason === name ? undefined : name })}
            >
              {reason === name ? 'Show all reasons' : 'Only these'}
            </button>
          </header>
          <List {...props} messages={members} />
        </section>
      ))}
    </div>
  );
}

function List(props: GroupsProps): VNode {
  const { messages, selected, onSelect } = props;
  const toggle = (id: string): void => {
    const changed = new Set(selected);
    if (!changed.delete(id)) changed.add(id);
    onSelect(changed);
  };
  return (
    <ul class="queue-messages">
      {messages.map((message) => (
        <QueueMessageItem
          key={message.messageId}
          {...props}
          message={message}
          isSelected={selected.has(message.messageId)}
          toggle={() => toggle(message.messageId)}
        />
      ))}
    </ul>
  );
}
