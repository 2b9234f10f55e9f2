import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/lib/engine/errors.ts';
import { map, string, structure } from '../../../src/lib/engine/protocol/shape.ts';
import { type XmlStyle, xmlAnswer, xmlError } from '../../../src/lib/engine/protocol/xml.ts';

const STYLE: XmlStyle = { namespace: 'http://example.com/', declaration: '', errorDetail: true };
const OPERATION = {
  input: structure({}),
  output: structure({ Text: string, Map: map(string) }),
  resultWrapper: 'EchoResult',
};

/** The texts of a document's elements, by element; throws where the document is not XML 1.0. */
function textsOf(xml: string): Record<string, string> {
  const texts: Record<string, string> = {};
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => open.push(name));
  parser.on('text', (text) => {
    const name = open.at(-1) ?? '';
    texts[name] = (texts[name] ?? '') + text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return texts;
}

/** https://www.w3.org/TR/xml/#charsets */
function isCharacter(code: number): boolean {
  return (
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    code >= 0x10000
  );
}

const EVERY_CODE_POINT = 0x110000;
const CHUNK = 0x1000;

describe('XML answers', () => {
  it('can be parsed whatever they hold, and lose nothing that XML has a way to write', () => {
    for (let first = 0; first < EVERY_CODE_POINT; first += CHUNK) {
      let text = '';
      let wanted = '';
      for (let code = first; code < first + CHUNK; code += 1) {
        // The letter keeps surrogates from becoming pairs.
        text += `${String.fromCodePoint(code)}a`;
        wanted += isCharacter(code) ? `${String.fromCodePoint(code)}a` : '\uFFFDa';
      }
      const answer = xmlAnswer(
        STYLE,
        'Echo',
        OPERATION,
        { Text: text, Map: { [text]: text } },
        '1',
      );
      const { Text, key, value } = textsOf(answer);
      expect([Text, key, value].every((each) => each === wanted)).toBe(true);
      const error = textsOf(xmlError(STYLE, new ServiceError(text, text), '1'));
      expect(error.Message === wanted && error.Code === wanted).toBe(true);
    }
  });

  it.each(['\uD800', '\uDFFF', '\uDC00\uD800', 'a\uDBFF'])(
    'replaces surrogates that are no pair: %j',
    (text) => {
      const answer = xmlAnswer(STYLE, 'Echo', OPERATION, { Text: text }, '1');
      expect(textsOf(answer).Text).toBe(text.replace(/[\uD800-\uDFFF]/g, '\uFFFD'));
    },
  );

  it('keep a pair of surrogates, markup and the end of a CDATA section', () => {
    const text = '\u{1F4A9}<a href="x">\'&amp;]]></a>';
    expect(textsOf(xmlAnswer(STYLE, 'Echo', OPERATION, { Text: text }, '1')).Text).toBe(text);
  });
});
