/** A part of the text of `Fn::Sub`: what stands there, or a name whose value does. */
export type SubPart = { readonly text: string } | { readonly name: string };

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/**
 * Takes the text of `Fn::Sub` apart. `${!Name}` is the text `${Name}`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
export function subParts(template: string): SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const [whole, inside = ''] = match;
    parts.push({ text: template.slice(end, match.index) });
    parts.push(
      inside.startsWith('!') ? { text: `\${${inside.slice(1)}}` } : { name: inside.trim() },
    );
    end = match.index + whole.length;
  }
  parts.push({ text: template.slice(end) });
  return parts;
}
