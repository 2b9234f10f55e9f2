import { compileCidr, parseAddress } from '../../../../rules/cidr.ts';
import { invalid } from '../errors.ts';

const IPV4_BITS = 32;
/** "Valid range is between 1 and 256." */
const MAX_COUNT = 256;

/**
 * Divides a block of IPv4 addresses, as `Fn::Cidr` does.
 *
 * @param count of blocks. @param hostBits of each: 8 makes blocks of /24.
 * @throws ServiceError `ValidationError`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
 */
export function subnets(block: string, count: number, hostBits: number): string[] {
  const [base = '', prefix = ''] = block.split('/');
  const network = parseAddress(base);
  if (network?.bits !== IPV4_BITS || compileCidr(block) === undefined) {
    throw invalid(`Template error: Fn::Cidr needs a block of IPv4 addresses, and not ${block}`);
  }
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    throw invalid(`Template error: Fn::Cidr makes between 1 and ${MAX_COUNT} blocks`);
  }
  const room = IPV4_BITS - Number(prefix);
  if (!Number.isInteger(hostBits) || hostBits < 1 || count * 2 ** hostBits > 2 ** room) {
    throw invalid(
      `Template error: Fn::Cidr: ${count} blocks of /${IPV4_BITS - hostBits} do not fit into ${block}`,
    );
  }
  const first = Number((network.value >> BigInt(room)) << BigInt(room));
  return Array.from({ length: count }, (_, index) => {
    const address = first + index * 2 ** hostBits;
    const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
    return `${bytes.join('.')}/${IPV4_BITS - hostBits}`;
  });
}
