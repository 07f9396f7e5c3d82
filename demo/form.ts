import type { IncomingMessage } from "node:http";

/** No form of the shop comes near this. */
const maxFormBytes = 16_384;

/** Reads a URL-encoded body; other bodies and methods give an empty form, one that is too long gives `null`. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    bytes += piece.byteLength;
    // Read on to the end all the same: leaving the loop would close the socket before the refusal is sent.
    if (bytes <= maxFormBytes) chunks.push(piece);
  }
  if (bytes > maxFormBytes) return null;
  const isForm = (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return new URLSearchParams(isForm ? Buffer.concat(chunks).toString("utf8") : "");
}
