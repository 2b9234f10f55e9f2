import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Foreign } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { OUTCOMES } from '../../parts/mark.tsx';
import type { Filters } from '../../state/filters.ts';
import { overview } from '../../state/overview.ts';
import { href, setParams } from '../../state/route.ts';
import { isolated, withoutControls } from '../../text/controls.ts';

/** How long somebody has to stop typing before a filter holds, in milliseconds. */
const TYPING_MS = 300;

/** Whether anything is filtered. */
export function hasFilters(filters: Filters): boolean {
  return Object.values(filters).some((each) => each.length > 0);
}

/** What the list is filtered by. The address has all of it, so a filter can be kept as a bookmark. */
export function FilterBar({ filters }: { readonly filters: Filters }): VNode {
  const nodes = overview.value?.nodes ?? [];
  const topics = nodes.filter(({ kind }) => kind === 'topic').map(({ name }) => name);
  const subscribers = nodes
    .filter(({ kind }) => kind === 'queue')
    .map(({ subscriber, name }) => subscriber ?? name);
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <Typed name="text" label="Text or id" value={filters.text} placeholder="any text, id" />
      <Typed name="type" label="Type" value={filters.type} placeholder="order.*" />
      <Chosen
        name="subscriber"
        label="Subscriber"
        value={filters.subscriber}
        options={[...new Set(subscribers)]}
      />
      <Chosen
        name="outcome"
        label="Outcome"
        value={filters.outcome}
        options={Object.keys(OUTCOMES)}
      />
      {topics.length > 1 && (
        <Chosen name="topic" label="Topic" value={filters.topic} options={topics} />
      )}
      <Where where={filters.where} />
      {hasFilters(filters) && (
        <a class="small" href={href('messages')}>
          Clear
        </a>
      )}
    </form>
  );
}

function Typed(props: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
}): VNode {
  const { name, label, value, placeholder } = props;
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label class="field">
      <span class="label">{label}</span>
      <input
        type="search"
        name={name}
        value={typed}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setParams({ [name]: currentTarget.value }), TYPING_MS);
        }}
      />
    </label>
  );
}

function Chosen(props: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
}): VNode {
  const { name, label, value, options } = props;
  const all = value === '' || options.includes(value) ? options : [value, ...options];
  return (
    <label class="field">
      <span class="label">{label}</span>
      <select
        name={name}
        value={value}
        onChange={({ currentTarget }) => setParams({ [name]: currentTarget.value })}
      >
        <option value="">any</option>
        {all.map((option) => (
          <option key={option} value={option}>
            {withoutControls(option)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Conditions on fields: Enter adds one. */
function Where({ where }: { readonly where: readonly string[] }): VNode {
  return (
    <div class="field where">
      <label>
        <span class="label">Field</span>
        <input
          name="where"
          placeholder="total>100"
          autocomplete="off"
          spellcheck={false}
          onKeyDown={({ key, currentTarget }) => {
            const condition = currentTarget.value.trim();
            if (key !== 'Enter' || condition === '') return;
            currentTarget.value = '';
            setParams({ where: [...new Set([...where, condition])] });
          }}
        />
      </label>
      {where.map((condition) => (
        <button
          type="button"
          class="mark accent"
          key={condition}
          aria-label={`Remove the condition ${isolated(condition)}`}
          onClick={() => setParams({ where: where.filter((each) => each !== condition) })}
        >
          <span>
            <Foreign text={condition} />
          </span>
          <Icon name="close" />
        </button>
      ))}
    </div>
  );
}
