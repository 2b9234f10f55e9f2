import type { VNode } from 'preact';
import type { MessageAttribute } from '../../src/lib/dashboard/api/index.ts';
import { isolated } from '../text/controls.ts';
import { Icon } from './icon.tsx';

const TYPES = ['String', 'Number', 'Binary', 'String.Array'];

/** Message attributes that can be changed, added and taken away. */
export function AttributesEditor(props: {
  readonly legend?: string;
  readonly attributes: readonly MessageAttribute[];
  readonly onChange: (attributes: readonly MessageAttribute[]) => void;
}): VNode {
  const { legend = 'Attributes', attributes, onChange } = props;
  const change = (place: number, changed: Partial<MessageAttribute>): void =>
    onChange(attributes.map((each, at) => (at === place ? { ...each, ...changed } : each)));
  return (
    <fieldset class="stack tight plain-set">
      <legend class="muted small">{legend}</legend>
      {attributes.map((attribute, place) => (
        // The place is the key: names change while they are typed.
        <div class="attribute" key={place}>
          <input
            aria-label={`Name of attribute ${place + 1}`}
            value={attribute.name}
            placeholder="name"
            onInput={({ currentTarget }) => change(place, { name: currentTarget.value })}
          />
          <select
            aria-label={`Type of attribute ${place + 1}`}
            value={attribute.type}
            onChange={({ currentTarget }) => change(place, { type: currentTarget.value })}
          >
            {[...new Set([...TYPES, attribute.type])].map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
          <input
            aria-label={`Value of attribute ${place + 1}`}
            value={attribute.value}
            placeholder="value"
            onInput={({ currentTarget }) => change(place, { value: currentTarget.value })}
          />
          <button
            type="button"
            class="plain"
            aria-label={`Remove attribute ${isolated(attribute.name)}`}
            onClick={() => onChange(attributes.filter((_, at) => at !== place))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div>
        <button
          type="button"
          class="small"
          onClick={() => onChange([...attributes, { name: '', type: 'String', value: '' }])}
        >
          Add an attribute
        </button>
      </div>
    </fieldset>
  );
}
