/** The platform's own class of that name, of which only this is used: `node:buffer` itself belongs to Node. */
declare const Buffer: {
  from(memory: ArrayBufferLike, offset: number, length: number): { latin1Slice(from: number, until: number): string };
};

/**
 * Bytes as a string of as many characters, each the byte of its code: for looking at markup, which is ASCII in every charset
 * that pages may have. Copies memory and no more: `TextDecoder` takes a hundred times as long for what it calls latin1.
 */
export const latin1 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).latin1Slice(0, byteLength);
