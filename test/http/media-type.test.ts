import { describe, it } from "vitest";
import { pageCharset } from "../../src/http/charset.ts";
import { isHtml, isJson, readMediaType } from "../../src/http/media-type.ts";

describe("a content type", () => {
  it.for([
    ["text/html", "text/html", null],
    ["Text/HTML ; Charset=UTF-8", "text/html", "UTF-8"],
    ['text/html; a=b; charset="utf-8"', "text/html", "utf-8"],
    ["text/html;charset=", "text/html", ""],
    ['text/html; a="b;charset=x"; charset=gbk', "text/html", "gbk"],
    ["text/html; xcharset=a", "text/html", null],
  ] as const)("%s", ([header, essence, charset], { expect }) => {
    expect(readMediaType(header)).toEqual({ essence, charset });
  });

  it.for([null, "", "html", "text/", "text/html, text/plain", "text/html x", "text /html"])(
    "is not known: %s",
    (header, { expect }) => {
      expect(readMediaType(header)).toBeNull();
    },
  );

  it("tells pages and documents from what only sounds like one", ({ expect }) => {
    const kind = (essence: string) => [isHtml({ essence, charset: null }), isJson({ essence, charset: null })];
    expect(kind("application/xhtml+xml")).toEqual([true, false]);
    expect(kind("application/problem+json")).toEqual([false, true]);
    for (const other of [
      "text/plain",
      "application/xml",
      "image/svg+xml",
      "application/jsonp",
      "text/json+x",
      "application/x-ndjson",
    ]) {
      expect(kind(other)).toEqual([false, false]);
    }
  });
});

describe("a charset", () => {
  it("is certain only when the header says UTF-8", ({ expect }) => {
    expect(pageCharset("UTF-8")).toEqual({ label: "utf-8", certain: true });
    expect(pageCharset("utf8")).toEqual({ label: "utf-8", certain: true });
    expect(pageCharset(null)).toEqual({ label: "utf-8", certain: false });
    expect(pageCharset("latin1")).toEqual({ label: "windows-1252", certain: false });
  });

  const labels =
    "866 arabic ascii big5 big5-hkscs chinese cp1250 cp1251 cp1252 cp866 euc-jp euc-kr gb18030 gb2312 gbk hebrew ibm866 " +
    "iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-8-i iso-8859-15 iso-8859-16 koi8-r koi8-u ks_c_5601-1987 latin1 macintosh " +
    "ms932 shift_jis sjis tis-620 us-ascii utf-8 windows-1250 windows-1252 windows-1258 windows-874 x-mac-cyrillic x-sjis " +
    "x-user-defined x-x-big5 utf-16 utf-16le utf-16be utf-7 iso-2022-jp iso-2022-kr hz-gb-2312 replacement ucs-2 bogus 'utf-8'";

  it.for(labels.split(" "))("%s is taken only if HTMLRewriter takes it", async (label, { expect }) => {
    const takes = async (name: string): Promise<boolean> => {
      try {
        const answer = new Response("<p>a</p>", { headers: { "content-type": `text/html; charset=${name}` } });
        const rewriter = new HTMLRewriter().on("p", { element: (element) => void element.setAttribute("a", "b") });
        return (await rewriter.transform(answer).text()) === '<p a="b">a</p>';
      } catch {
        return false;
      }
    };
    const charset = pageCharset(label);
    expect(charset === null ? false : await takes(charset.label)).toBe(await takes(label));
  });
});
