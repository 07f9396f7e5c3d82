/** ES2026's base64, which workerd has and Node 24 has not yet: for tests that run the Worker's code in Node. */
const members = {
  toBase64: {
    configurable: true,
    value(this: Uint8Array, { alphabet, omitPadding }: { alphabet?: string; omitPadding?: boolean } = {}): string {
      const text = Buffer.from(this).toString(alphabet === "base64url" ? "base64url" : "base64");
      return omitPadding === true ? text.replace(/=+$/, "") : text;
    },
  },
};

if (!("toBase64" in Uint8Array.prototype)) Object.defineProperties(Uint8Array.prototype, members);
if (!("fromBase64" in Uint8Array)) {
  const value = (text: string, { alphabet }: { alphabet?: "base64" | "base64url" } = {}): Uint8Array =>
    new Uint8Array(Buffer.from(text, alphabet ?? "base64"));
  Object.defineProperty(Uint8Array, "fromBase64", { configurable: true, value });
}
