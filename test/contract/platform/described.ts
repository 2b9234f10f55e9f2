import { Ajv2020 } from 'ajv/dist/2020.js';

/** As much of an OpenAPI document as is looked at. */
export interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, unknown> }>>;
}

/** An answer, and what was asked for it. */
export interface DescribedAnswer {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/**
 * Says how answers differ from what their service describes: a status or a field that it doesn't name, or a wrong one.
 * @returns undefined where it is as described, and of addresses that are not
 */
export function describedBy(
  document: Description,
): (answer: DescribedAnswer) => string | undefined {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'api');
  const templates = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return ({ method, path, status, body }) => {
    const [bare = ''] = path.split('?');
    // `/users/me` before `/users/{id}`.
    const matching = templates.filter(({ pattern }) => pattern.test(bare));
    const template = (matching.find(({ template }) => template === bare) ?? matching[0])?.template;
    const verb = method.toLowerCase();
    const operation = template && document.paths[template]?.[verb];
    if (template === undefined || !operation) return undefined;
    const described = operation.responses[status];
    const at = `${method} ${template} ${status}`;
    if (described === undefined) return `${at} is not described`;
    for (const type of Object.keys(described.content ?? {})) {
      const parts = ['paths', template, verb, 'responses', status, 'content', type, 'schema'];
      const pointer = parts.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
      // Compiled at the first answer of its kind, and kept.
      const validate = ajv.getSchema(encodeURI(`api#/${pointer.join('/')}`));
      if (validate === undefined) return `${at} has no schema for ${type}`;
      if (!validate(body)) return `${at}: ${ajv.errorsText(validate.errors)}`;
    }
    return undefined;
  };
}
