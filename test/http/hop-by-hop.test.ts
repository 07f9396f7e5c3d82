import { describe, expect, it } from "vitest";
import { nominatedBy, responseHops, stripRequestHops } from "../../src/http/hop-by-hop.ts";

describe("Connection", () => {
  it("nominates headers, but none that frames the message or tells the visitor's address", () => {
    expect(nominatedBy("close, X-Foo ,keep-alive,, x-bar")).toEqual(["x-foo", "x-bar"]);
    expect(nominatedBy("Content-Length, Host, transfer-encoding, content-encoding")).toEqual([]);
    expect(nominatedBy("CF-Connecting-IP, cf-ray")).toEqual([]);
    expect(nominatedBy("a b, é, x:y")).toEqual([]);
  });

  it("keeps the upgrade of a WebSocket and of nothing else", () => {
    const socket = new Headers({ connection: "Upgrade, X-Foo", upgrade: "WebSocket", "x-foo": "1" });
    stripRequestHops(socket);
    expect(socket.get("upgrade")).toBe("WebSocket");
    expect(socket.get("x-foo")).toBeNull();
    const other = new Headers({ connection: "Upgrade", upgrade: "h2c" });
    stripRequestHops(other);
    expect(other.get("upgrade")).toBeNull();
  });

  it("leaves a response that nominates nothing as it is", () => {
    expect(responseHops(new Headers({ connection: "keep-alive", "content-type": "text/html" }))).toEqual([]);
    expect(responseHops(new Headers({ connection: "close, x-a", "proxy-authenticate": "Basic" }))).toEqual([
      "x-a",
      "proxy-authenticate",
    ]);
  });
});
