import { page, raw, type Sent } from "./sent.ts";

/** Pages as sites have them: frameworks, editors, mail, old servers, and what happens to their markup on the way. */
const frameworks: readonly Sent[] = [
  page(
    "Next.js",
    '<!DOCTYPE html><html><head><meta charSet="utf-8"/><link rel="preload" href="/_next/a.js" as="script"/></head><body>' +
      '<div id="__next"><!-- -->Hi<!-- --> there</div><script id="__NEXT_DATA__" type="application/json">{"props":{"html":"<p>\\u003c/script>"}}</script></body></html>',
  ),
  page(
    "Nuxt and its payload",
    '<div id="__nuxt"><!--[--><p data-v-0a1b2c>x</p><!--]--></div><script>window.__NUXT__=(function(a,b){return {a:a,b:"</p>"}}(1,2))</script>',
  ),
  page(
    "Vue in the page",
    "<div id=app v-cloak @click.prevent='a > b && c' :class=\"{on: a<b}\">{{ a < b ? '<' : \">\" }}</div>",
  ),
  page(
    "Angular in the page",
    '<li *ngFor="let x of xs; trackBy: f" [class.on]="x > 1" (click)="go($event)" #ref>{{x|json}}</li>',
  ),
  page(
    "Alpine",
    '<div x-data="{ open: false, t: `<b>` }" x-on:click="open = ! open" x-bind:class="open ? \'a\' : \'b\'">x</div>',
  ),
  page(
    "htmx",
    '<button hx-post=/c hx-vals=\'{"a": "<b>"}\' hx-swap-oob=true>x</button><template><tr id=a hx-swap-oob=true><td>1</template>',
  ),
  page(
    "Svelte",
    "<!--[!--><div class=\"svelte-x1\"><!---->x<!--]--></div><script>{__sveltekit_1={base:new URL('.',location)}}</script>",
  ),
  page(
    "Astro islands",
    "<astro-island props='{&quot;a&quot;:[0,1]}' ssr client=load><p>x</p><!--astro:end--></astro-island>",
  ),
  page(
    "declarative shadow DOM",
    "<my-card><template shadowrootmode=open><style>:host{}</style><slot></slot></template><p>x</p></my-card>",
  ),
  page(
    "AMP",
    "<!doctype html><html ⚡><head><style amp-boilerplate>body{}</style><noscript><style amp-boilerplate>x{}</style></noscript></head><body><amp-img src=a layout=fill></amp-img></body></html>",
  ),
  page(
    "Turbo frames",
    "<turbo-frame id=a src=/b><p>x</p></turbo-frame><turbo-stream action=append target=b><template><p>y</p></template></turbo-stream>",
  ),
  page(
    "React's streamed parts",
    '<!--$?--><template id="B:0"></template><p>wait</p><!--/$--><div hidden id="S:0"><p>x</p></div><script>$RC("B:0","S:0")</script>',
  ),
];

const editors: readonly Sent[] = [
  page(
    "WordPress",
    '<!DOCTYPE html>\n<html lang="de-DE">\n<head>\n<script>/* <![CDATA[ */\nvar a = {"b":"\\/c"};\n/* ]]> */</script>\n<style id=\'x\'>img:is([sizes="auto" i]){}</style></head>' +
      '<body class="home wp-singular"><!-- wp:paragraph --><p>[gallery ids="1,2"]&#8230;</p><!-- /wp:paragraph --><p></p></body></html>',
  ),
  page(
    "Word's own",
    "<p class=MsoNormal><o:p>&nbsp;</o:p><![if !supportLists]><span style='mso-list:Ignore'>·</span><![endif]><w:sdt><p>x</p></w:sdt></p>",
  ),
  page(
    "a newsletter",
    "<table width=100% bgcolor=#fff><tr><td><!--[if mso]><table><tr><td><![endif]--><div>x</div><!--[if mso]></td></tr></table><![endif]--></table>",
  ),
  page("nested tables", `${"<table><tr><td>".repeat(12)}x${"</td></tr></table>".repeat(12)}`),
  page("tables without rows", "<table><td>1<td>2<tr>3<caption>c</caption><form><input><th>4</form></table>text"),
  page("text in tables", "<table>lost<b>and<tr>found<td>cell</td>moved</tr></table><col><tbody><td>x"),
  page("lists", "<ul><li>1<ul><li>1a<li>1b</ul><li>2</ul><dl><dt>a<dd>b<dt>c</dl><menu><li>x</menu>"),
  page(
    "paragraphs in everything",
    "<p>1<div>2<p>3<blockquote>4<p>5</blockquote></div></p><p><h1>6</h1><p><pre>7</pre></p>",
  ),
  page(
    "formatting across blocks",
    "<b>1<p>2</b>3</p><i><div>4</i>5</div><font><font><font>6<p>7</font>8<nobr>9<nobr>10",
  ),
  page("anchors in anchors", "<a href=1>1<div><a href=2>2</div></a><a><table><a>3</a></table>"),
  page("buttons and forms in each other", "<form><form><button>1<button>2</form></form><fieldset><legend>x</fieldset>"),
  page(
    "details, dialog, picture",
    "<details open><summary>s<p>x</details><dialog>d</dialog><picture><source srcset='a 1x, b 2x'><img loading=lazy></picture>",
  ),
  page("ruby", "<ruby>漢<rp>(<rt>kan<rp>)</ruby><ruby><rb>字<rtc><rt>ji</ruby>"),
  page(
    "a player",
    "<video controls><source src=a><track src=b default>no video</video><audio></audio><object><param name=a><embed src=x></object>",
  ),
  page(
    "an iframe's document",
    "<iframe srcdoc=\"<p>x</p><script>'</script>'</script>\">fallback <b>here</b></iframe><p>after",
  ),
  page(
    "data islands",
    "<xml id=d><x-a><x-b/></x-a></xml><script type=text/x-template><p>{{x}}</p></script><script type=speculationrules>{}</script>",
  ),
];

const servers: readonly Sent[] = [
  page(
    "a server's warnings",
    "<br />\n<b>Warning</b>:  x() in <b>/a.php</b> on line <b>3</b><br />\n<!DOCTYPE html><p>x</p>",
  ),
  page("ASP and JSP left over", '<%@ page import="a.b" %><p><%= x > 1 ? "<b>" : "</b>" %></p><jsp:include page="/a"/>'),
  page(
    "server and edge side includes",
    '<!--#include virtual="/a" --><p>x</p><esi:include src="/b"/><!--esi <p>y</p> -->',
  ),
  page(
    "HTML 4.01 transitional",
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd"><title>x</title><isindex prompt=x><dir><li>y</dir>',
  ),
  page(
    "XHTML 1.0 with CDATA",
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html xmlns="a" xml:lang="en"><script type="text/javascript">//<![CDATA[\nif (a < b && c) {}\n//]]></script></html>',
  ),
  page("a doctype in the middle", "<p>1</p><!doctype html><p>2</p><!DOCTYPE><p>3"),
  page(
    "a page within a page",
    "<!doctype html><html><body><p>1</p><!doctype html><html lang=en><head><title>2</title></head><body class=x><p>3</p></body></html></body></html>",
  ),
  page(
    "analytics",
    "<script>(function(w,d,s,l,i){w[l]=w[l]||[];var f='<scr'+'ipt>';document.write(unescape(\"%3Cscript src='\"+f+\"'%3E%3C/script%3E\"));})(window,document,'script','dl','G-1')</script>",
  ),
  page(
    "linked data",
    '<script type="application/ld+json">{"@context":"https://schema.org","name":"a \\"<b>\\" </" }</script>',
  ),
  page("an image in the page", `<img src="data:image/png;base64,${"iVBORw0KGgo".repeat(20_000)}"><p>after`),
  page(
    "one long line",
    `<!doctype html><html><body>${'<div class="a"><a href=/x?a=1&amp;b=2>x</a></div>'.repeat(3000)}</body></html>`,
  ),
  page("end tags with attributes", "<p>1</p a='>'><div></div/><br></br></p><script></script x=1>"),
  page("quotes and slashes", "<a href='\"'title=\"'\"/class=/x/y/>1</a><img src=/a//alt=x/><input value=a/b/ / / c>"),
  page("equals everywhere", "<p a==b ==c d = = e f='='g>x</p><p =\"x>y</p>"),
  page("capitals and foreign letters", "<DiV ÄÖ=ü ſcript=1><K>k</K><İ>x</İ></dIv>"),
  page("backticks and braces", "<a href=`x y` onclick={f(`>`)}>x</a><p class={a}>{% if a < b %}x{% endif %}</p>"),
];

const moreCharsets: readonly Sent[] = [
  raw(
    "ISO-8859-2",
    "text/html; charset=iso-8859-2",
    "<p title='",
    [0xb1, 0xe6, 0xea],
    "'>",
    [0xb3, 0xf3, 0xbf],
    "</p>",
  ),
  raw("ISO-8859-15 in capitals", "text/html;CHARSET=ISO-8859-15", "<p>", [0xa4, 0xa6], "</p>"),
  raw("KOI8-R", "text/html; charset=koi8-r", "<p>", [0xf0, 0xd2, 0xc9], "</p>"),
  raw("GB18030", "text/html; charset=gb18030", "<p>", [0x81, 0x30, 0x81, 0x30, 0xd6, 0xd0], "</p>"),
  raw("EUC-KR", "text/html; charset=euc-kr", "<p>", [0xc7, 0xd1, 0xb1, 0xdb], "</p>"),
  raw("macintosh", "text/html; charset=macintosh", "<p>", [0x8e, 0xca], "</p>"),
  raw(
    "a charset in two places that disagree",
    "text/html; charset=utf-8",
    "<meta charset=windows-1252><p>",
    [0xc3, 0xa9],
    "</p>",
  ),
  raw(
    "a charset by http-equiv only",
    "text/html",
    '<meta http-equiv="Content-Type" content="text/html; charset=gbk"><p>',
    [0xd6, 0xd0],
    "</p>",
  ),
  raw(
    "a charset behind a comment",
    "text/html",
    `<!--${"x".repeat(2000)}--><meta charset=shift_jis><p>`,
    [0x95, 0x5c],
    "</p>",
  ),
  raw("a charset that is empty", "text/html; charset=", "<p>", [0xe9], "</p>"),
  raw("two charsets in the header", "text/html; charset=windows-1252; charset=utf-8", "<p>", [0xe9], "</p>"),
  raw(
    "a parameter before the charset",
    'text/html; profile="a;charset=x"; charset="windows-1250"',
    "<p>",
    [0x9a],
    "</p>",
  ),
];

export const livelyPages: readonly Sent[] = [...frameworks, ...editors, ...servers, ...moreCharsets];
