import { expect, test } from 'vitest';
import { clientNetwork } from '../../../src/lib/http/client-network.ts';

test.each([
  ['9.9.9.8', '9.9.9.8'],
  ['::ffff:9.9.9.8', '9.9.9.8'],
  ['::FFFF:909:908', '9.9.9.8'],
  ['0:0:0:0:0:ffff:9.9.9.8', '9.9.9.8'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::9', '2001:db8:1:3::/64'],
  ['1::2:3:4:5:6', '1:0:0:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('a client at %s counts as %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});
