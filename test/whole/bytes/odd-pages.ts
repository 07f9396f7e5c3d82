import { page, raw, type Sent, utf8 } from "./sent.ts";

const bom = [0xef, 0xbb, 0xbf];
/** 日本 in Shift_JIS, a second byte of which is a backslash in 表 (0x95 0x5c). */
const shiftJis = [0x93, 0xfa, 0x96, 0x7b, 0x95, 0x5c];
/** 中文, and 0x81 0x3c, a character whose second byte would be `<` to a reader of bytes. */
const gbk = [0xd6, 0xd0, 0xce, 0xc4, 0x81, 0x40, 0x84, 0x5c];
const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
const long = (text: string, times: number) => text.repeat(times);

const real: readonly Sent[] = [
  page(
    "an article",
    '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>A &amp; B</title>\n<link rel=stylesheet href=/a.css>' +
      '<style>h1 > a::before{content:"</h1>"}</style></head>\n<body class="a b">\n<h1><a href="/?a=1&b=2">Title</a></h1>' +
      "<p>One<p>Two<ul><li>a<li>b</ul><table><tr><td>1<td>2</table><img src=x alt='q\"q'></body></html>\n",
  ),
  page(
    "an application's shell",
    '<!doctype html><div id="root"></div><script>window.__STATE__={"a":"<\\/script>","b":"<!--"}</script>' +
      '<script type="module" src="/m.js"></script><noscript><img src="/p.gif"></noscript>',
  ),
  page(
    "a form",
    '<form action=/s><input value="&quot;x&quot;" disabled><textarea>\n<b>not bold</b></textarea>' +
      "<select><option selected>1<option>2</select><button>Go</button></form>",
  ),
  page("an old page", "<HTML><BODY BGCOLOR=#FFFFFF><CENTER><FONT SIZE=+2>Hi</FONT></CENTER><HR NOSHADE></BODY></HTML>"),
  page("XHTML", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><br/><p>x</p></body></html>'),
  page("served as XHTML", "<html xmlns='http://www.w3.org/1999/xhtml'><p/>x<br/></html>", "application/xhtml+xml"),
];

const malformed: readonly Sent[] = [
  page("nothing but text", "just text, no markup at all"),
  page("one byte", "x"),
  page("a lone <", "<"),
  page("a lone &", "a & b &amp &unknown; &#; &#x; &#9999999999; &#0;"),
  page("an unclosed tag", '<p>text<a href="x'),
  page("an unclosed quote", '<p title="never closed>text<b>more</b>'),
  page("an unclosed comment", "<p>a</p><!-- never <b>closed</b>"),
  page("comments that end oddly", "<!--> a <!---> b <!-- c --!> d <!-- e -- > f --> g <!----> <!- h -> <!> </ > </3>"),
  page("a bogus doctype", '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" [ <!ENTITY x "y"> ]>]><p>x'),
  page("CDATA in HTML", "<p><![CDATA[ <b>x</b> ]]></p>"),
  page("processing instructions", '<?php echo "<p>"; ?><p>x</p><?xml-stylesheet href="a"?>'),
  page("unclosed elements", long("<div><p><b><i>", 40)),
  page("closed too often", `<p>x</p>${long("</div></p></body></html>", 20)}<p>after</p>`),
  page("mis-nested", "<b><i>x</b>y</i><p><table><p>z</table></p><a><a>1</a></a>"),
  page("attributes without end", "<p a=1 a=2 a =3 = == \"x\" 'y' <z /q / >text</p>"),
  page("strange tag names", "<a:b.c-d_é x>1</a:b.c-d_é><0>2</0><-x>3</-x><A\u00a0B>4"),
  page("a script that never ends", '<p>x</p><script>var a = "<p>";'),
  page("a script in a comment in a script", "<script><!-- <script> x </script> --></script><p>after</p>"),
  page("a style that never ends", "<style>p{color:red}<p>not a paragraph"),
  page("a title that never ends", "<title>words <b>not bold</b><p>x"),
  page("a textarea that never ends", "<textarea><p>x</p>"),
  page("plaintext", "<p>x</p><plaintext><p>all the rest</p></plaintext>"),
  page("xmp, listing and iframe", "<xmp><b>x</b></xmp><listing><b>y</b></listing><iframe><p>z</p></iframe>"),
  page("noscript with markup", "<noscript><p title='</noscript>'>x</p></noscript>"),
  page("select with title", "<p>a</p><select><title>x</title><option>1</select><p>b</p>"),
  page("select with style", "<select><style>p{}</style></select><p>b</p>"),
  page("an unclosed select, then an iframe", "<select><option>1<p>x<iframe src=/f></iframe><p>end"),
  page("a template in a select", "<select><template><title>x</title></template></select><p>end"),
  page("a frameset", "<frameset cols=50%,*><frame src=a><frame src=b><noframes><p>x</noframes></frameset>"),
  page("a frameset with a script", "<frameset><script>1</script></frameset><script>2</script><p>end"),
  page("several bodies", "<html><body a><head><body b><html c><p>x</body></html></body><head><title>t</title>"),
  page("templates", "<template><tr><td>x</td></tr><template><p>y</template></template><p>z"),
  page("conditional comments", "<!--[if lt IE 9]><script src=x></script><![endif]--><![if !IE]><p>x</p><![endif]>"),
];

const foreign: readonly Sent[] = [
  page(
    "SVG",
    '<svg viewBox="0 0 1 1"><title>t</title><style>p{}</style><foreignObject><p>x</p></foreignObject></svg><p>y',
  ),
  page("SVG that never ends", "<svg><path d='M0 0'/><title><b>x</b>"),
  page("SVG with CDATA", "<svg><![CDATA[ </svg> <p> ]]></svg><p>x"),
  page("SVG in a select", "<select><svg><title>x</title></svg></select><p>y"),
  page("MathML", "<math><mi>x</mi><annotation-xml encoding='text/html'><p>y</p></annotation-xml></math>"),
  page("MathML and a table", "<math><mtext><table><tr><td><math><mi></table></math>x"),
  page("custom elements", '<x-a><slot name="b"></slot></x-a><template shadowrootmode="open"><p>x</template>'),
];

const characters: readonly Sent[] = [
  page("CRLF", "<p>a</p>\r\n<pre>\r\nb\r\n</pre>\r<textarea>\r\nc</textarea>\n\r"),
  page("NUL", "<p>a\0b</p>\0<a\0b c\0=d\0>x</a\0b><!-- \0 --><script>\0</script>"),
  page("control characters", "\x01\x02<p>\x0b\x0c\x1f\x7f</p>\x1b[0m"),
  page("emoji and rare planes", "<p title='👩‍👩‍👧'>𝕏 é e\u0301 \u2028 \u2029 \ufeff \uffff</p>"),
  page("right to left", "<p dir=rtl>\u202eשלום\u202c</p>"),
  raw("UTF-8 with a BOM", utf8, bom, "<!doctype html><p>x</p>"),
  raw("two BOMs", utf8, bom, bom, "<p>x</p>"),
  raw("a BOM in the middle", utf8, "<p>", bom, "x</p>"),
  raw("UTF-8 that is none", utf8, "<p>", everyByte.slice(128), "</p><b a='", [0xff, 0xfe, 0xc0, 0x80], "'>x</b>"),
  raw("UTF-8 cut off within a character", utf8, "<p>x", [0xf0, 0x9f, 0x91]),
  raw("every byte, no charset", "text/html", everyByte),
  raw("every byte, in text and in an attribute", "text/html", "<p>", everyByte, "</p><p a='", everyByte, "'>"),
];

const charsets: readonly Sent[] = [
  raw("windows-1252", "text/html; charset=windows-1252", "<p>caf", [0xe9, 0x80, 0x93, 0x94], "</p>"),
  raw("iso-8859-1 in capitals and quotes", 'text/html; Charset="ISO-8859-1"', "<p>", [0xe9, 0xa0], "</p>"),
  raw("windows-1252 in a meta only", "text/html", "<meta charset=windows-1252><p>caf", [0xe9], "</p>"),
  raw("windows-1251", "text/html; charset=windows-1251", "<p>", [0xcf, 0xf0, 0xe8], "</p>"),
  raw("Shift_JIS", "text/html; charset=Shift_JIS", "<p title='", shiftJis, "'>", shiftJis, "</p>"),
  raw("Shift_JIS in a meta only", "text/html", "<meta charset=Shift_JIS><p>", shiftJis, "</p>"),
  raw("EUC-JP", "text/html; charset=euc-jp", "<p>", [0xc6, 0xfc, 0xcb, 0xdc], "</p>"),
  raw("GBK", "text/html; charset=gbk", "<p>", gbk, "</p><a b='", gbk, "'>x</a>"),
  raw("Big5", "text/html; charset=big5", "<p>", [0xa4, 0xa4, 0xa4, 0xe5, 0xb3, 0x5c], "</p>"),
  raw("ISO-2022-JP", "text/html; charset=iso-2022-jp", "<p>", [0x1b, 0x24, 0x42, 0x3c, 0x3c, 0x1b, 0x28, 0x42], "</p>"),
  raw("an unknown charset", "text/html; charset=x-nobody-knows", "<p>", [0xe9], "</p>"),
  raw("UTF-7", "text/html; charset=utf-7", "<p>+AGEAYg-</p>"),
  {
    name: "UTF-16 little endian",
    type: "text/html; charset=utf-16le",
    bytes: Buffer.from("\ufeff<p>é日</p>", "utf16le"),
  },
  { name: "UTF-16 by its BOM only", type: "text/html", bytes: Buffer.from("\ufeff<p>x</p>", "utf16le") },
];

const large: readonly Sent[] = [
  page("a line of 1 MB", `<p>${long("words and words ", 65_536)}</p><p>end`),
  page("an attribute of 1 MB", `<p data-x="${long("value ", 174_763)}">x</p>`),
  page("a comment of 4 MB", `<p>a</p><!--${long(" <b>x</b> ", 400_000)}--><p>b</p>`),
  page("a tag of 4 MB", `<p>a</p><p title="${long("0123456789", 400_000)}">x</p><p>b</p>`),
  page("a script of 1 MB", `<script>${long('a("<p>");', 116_509)}</script><p>x`),
  page("30 000 open elements", `${long("<div>", 30_000)}x`),
  page("100 000 elements", long("<i>x</i>", 100_000)),
  page("50 000 unclosed <", long("< <a ", 50_000)),
  page("a document of 4 MB in an attribute", `<iframe srcdoc="${long("<p class=a>text</p> ", 200_000)}"></iframe><p>x`),
  page("data of 2 MB in an attribute", `<div data-x = '{"a":"${long("<b>it</b>", 220_000)}"}'></div><p>x`),
  page("20 000 attributes", `<p ${Array.from({ length: 20_000 }, (_, n) => `a${n}=${n}`).join(" ")}>x</p>`),
];

export const oddPages: readonly Sent[] = [...real, ...malformed, ...foreign, ...characters, ...charsets, ...large];
