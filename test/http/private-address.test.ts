import { describe, expect, it } from "vitest";
import { isPrivateOrigin } from "../../src/http/private-address.ts";

const privately = [
  "http://localhost",
  "http://LOCALHOST.:8080",
  "http://shop.localhost",
  "http://intranet",
  "http://db.internal",
  "http://metadata.google.internal.",
  "http://printer.local",
  "http://router.home.arpa",
  "http://127.0.0.1",
  "http://127.9.9.9:81",
  "http://127.1",
  "http://0x7f000001",
  "http://0177.0.0.1",
  "http://2130706433",
  "http://0",
  "http://%31%32%37.0.0.1",
  "http://１２７.0.0.1",
  "http://10.0.0.1",
  "http://100.64.0.1",
  "http://100.127.255.255",
  "http://169.254.169.254",
  "http://168.63.129.16",
  "http://172.16.0.1",
  "http://172.31.255.255",
  "http://192.168.1.1",
  "http://192.0.0.192",
  "http://198.19.0.1",
  "http://224.0.0.1",
  "http://255.255.255.255",
  "http://[::]",
  "http://[::1]",
  "http://[::ffff:127.0.0.1]",
  "http://[::ffff:a9fe:a9fe]",
  "http://[::127.0.0.1]",
  "http://[64:ff9b::7f00:1]",
  "http://[2002:7f00:1::]",
  "http://[2001:0:1::1]",
  "http://[fe80::1]",
  "http://[fc00::1]",
  "http://[fd00:ec2::254]",
  "http://[ff02::1]",
  "ftp://books.example",
  "file:///etc/passwd",
  "http://user:secret@books.example",
  "books.example",
  "",
];

const publicly = [
  "https://origin.books.example",
  "http://books.example:8080",
  "https://internal.example",
  "https://local.example",
  "http://9.255.255.255",
  "http://11.0.0.1",
  "http://100.63.255.255",
  "http://100.128.0.1",
  "http://126.255.255.255",
  "http://128.0.0.1",
  "http://168.63.129.17",
  "http://169.253.255.255",
  "http://172.15.255.255",
  "http://172.32.0.1",
  "http://192.167.255.255",
  "http://198.17.255.255",
  "http://198.20.0.1",
  "http://223.255.255.255",
  "http://[2606:4700::1111]",
  "http://[64:ff9b::808:808]",
  "http://[2002:808:808::]",
];

describe("an origin", () => {
  it.each(privately)("at %j is private", (origin) => {
    expect(isPrivateOrigin(origin)).toBe(true);
  });

  it.each(publicly)("at %j is public", (origin) => {
    expect(isPrivateOrigin(origin)).toBe(false);
  });
});
