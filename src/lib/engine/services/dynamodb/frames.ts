import type { Socket } from 'node:net';

/** What stands before each frame: the bytes of its head and those of its body, 4 bytes each, big-endian. */
const PREFIX_BYTES = 8;

// A test runner's fake timers may replace it in the whole process.
const { setImmediate } = globalThis;

/**
 * Writes frames to a stream: a head, which is anything that JSON can say, and a body of any bytes. Those of one turn of
 * the event loop go out together.
 */
export function frameWriter(socket: Socket): (head: unknown, body: string | Buffer) => void {
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    socket.uncork();
  };
  return (head, body) => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      setImmediate(uncork);
    }
    socket.write(frame(JSON.stringify(head), body));
  };
}

function frame(head: string, body: string | Buffer): Buffer {
  const headBytes = Buffer.byteLength(head);
  const bodyBytes = Buffer.byteLength(body);
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + headBytes + bodyBytes);
  bytes.writeUInt32BE(headBytes, 0);
  bytes.writeUInt32BE(bodyBytes, 4);
  bytes.write(head, PREFIX_BYTES);
  const start = PREFIX_BYTES + headBytes;
  if (typeof body === 'string') bytes.write(body, start);
  else body.copy(bytes, start);
  return bytes;
}

/**
 * Reads frames of a stream.
 * @param onFrame called with each frame's head and body, which is a part of what was received.
 * @returns what to call with each piece that comes.
 */
export function frameReader(
  onFrame: (head: unknown, body: Buffer) => void,
): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  let size = 0;
  let needed = PREFIX_BYTES;
  return (chunk) => {
    held.push(chunk);
    size += chunk.length;
    // A long frame comes in many pieces, which are put together once.
    if (size < needed) return;
    let rest = held.length === 1 ? chunk : Buffer.concat(held);
    // A frame that ends in an error is not read again.
    held = [];
    size = 0;
    for (needed = frameBytes(rest); rest.length >= needed; needed = frameBytes(rest)) {
      const start = PREFIX_BYTES + rest.readUInt32BE(0);
      onFrame(JSON.parse(rest.toString('utf8', PREFIX_BYTES, start)), rest.subarray(start, needed));
      rest = rest.subarray(needed);
    }
    if (rest.length > 0) held.push(rest);
    size = rest.length;
  };
}

/** Bytes of the frame that begins here, as far as is known. */
function frameBytes(received: Buffer): number {
  return received.length < PREFIX_BYTES
    ? PREFIX_BYTES
    : PREFIX_BYTES + received.readUInt32BE(0) + received.readUInt32BE(4);
}
