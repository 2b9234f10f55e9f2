import type { VNode } from 'preact';
import type { QueueMessages } from '../../../src/lib/dashboard/api/index.ts';
import { setParams } from '../../state/route.ts';
import { withoutControls } from '../../text/controls.ts';
import type { QueueFilter } from './selection.ts';

/** What is shown of a queue. */
export function QueueFilterBar(props: {
  readonly found: QueueMessages;
  readonly filter: QueueFilter;
}): VNode {
  const { found, filter } = props;
  const types = [...new Set(found.messages.flatMap(({ eventType }) => eventType ?? []))].sort();
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <label class="field">
        <span class="label">Text or id</span>
        <input
          type="search"
          value={filter.text}
          placeholder="any text, id"
          onInput={({ currentTarget }) => setParams({ text: currentTarget.value })}
        />
      </label>
      <label class="field">
        <span class="label">Type</span>
        <select
          value={filter.type}
          onChange={({ currentTarget }) => setParams({ type: currentTarget.value })}
        >
          <option value="">any</option>
          {types.map((type) => (
            <option key={type} value={type}>
              {withoutControls(type)}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}
