import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import type { EventView } from '../../../src/lib/dashboard/api/index.ts';
import { isJson, type JsonMember } from '../../text/json-text.ts';
import { emptyValue, type FieldSchema, fieldSchema, missingFields } from './draft.ts';

/** An input for each field, by what the schema says of it. */
export function Fields(props: {
  readonly event: EventView | undefined;
  readonly fields: readonly JsonMember[];
  readonly onChange: (fields: readonly JsonMember[]) => void;
}): VNode {
  const { event, fields, onChange } = props;
  const missing = missingFields(event, fields);
  const add = (name: string): void => {
    const { kind, choices } = fieldSchema(event, { name, value: 'null' });
    onChange([...fields, { name, value: emptyValue(kind, choices) }]);
  };
  return (
    <div class="fields two">
      {fields.map((field, place) => (
        <FieldInput
          key={field.name}
          field={field}
          schema={fieldSchema(event, field)}
          onChange={(value) =>
            onChange(fields.map((each, at) => (at === place ? { ...each, value } : each)))
          }
        />
      ))}
      {missing.length > 0 && (
        <label class="field">
          <span class="label">Further fields</span>
          <select value="" onChange={({ currentTarget }) => add(currentTarget.value)}>
            <option value="">add…</option>
            {missing.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

function FieldInput(props: {
  readonly field: JsonMember;
  readonly schema: FieldSchema;
  readonly onChange: (value: string) => void;
}): VNode {
  const { field, schema } = props;
  const id = useId();
  return (
    <div class={`field ${schema.kind === 'json' ? 'wide' : ''}`}>
      <label for={id}>
        {field.name}
        {schema.required && <span title="required"> *</span>}
      </label>
      <Input {...props} id={id} />
      {schema.description !== undefined && <span class="small muted">{schema.description}</span>}
    </div>
  );
}

function Input(props: {
  readonly id: string;
  readonly field: JsonMember;
  readonly schema: FieldSchema;
  readonly onChange: (value: string) => void;
}): VNode {
  const { id, field, schema, onChange } = props;
  const { value } = field;
  const isInvalid = !isJson(value);
  if (schema.kind === 'choice' || schema.kind === 'boolean') {
    const choices = schema.kind === 'boolean' ? ['true', 'false'] : schema.choices;
    return (
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {[...new Set([...choices, value])].map((choice) => (
          <option key={choice} value={choice}>
            {plain(choice)}
          </option>
        ))}
      </select>
    );
  }
  if (schema.kind === 'text') {
    return (
      <input
        id={id}
        value={plain(value)}
        onInput={({ currentTarget }) => onChange(JSON.stringify(currentTarget.value))}
      />
    );
  }
  if (schema.kind === 'number') {
    return (
      <input
        id={id}
        inputMode="decimal"
        value={value}
        aria-invalid={isInvalid}
        onInput={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
    );
  }
  return (
    <textarea
      id={id}
      rows={Math.min(8, value.split('\n').length + 1)}
      value={value}
      spellcheck={false}
      aria-invalid={isInvalid}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** A JSON string without its quotes; any other JSON text as it is. */
function plain(value: string): string {
  return value.startsWith('"') && isJson(value) ? JSON.parse(value) : value;
}
