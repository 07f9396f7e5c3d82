import { describe, expect, it } from "vitest";
import type { TemplateScope } from "../../src/core/decision.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { compileTemplate, type Landing } from "../../src/core/template.ts";

const scopeOf = (visitor: JsonObject): TemplateScope => ({ visitor, context: {}, slot: {} });

function rendered(source: string, landing: Landing, visitor: JsonObject = {}): string {
  const compiled = compileTemplate(source, landing);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value(scopeOf(visitor));
}

const hostile = `</script><img onerror='a'>" onload="b&`;

describe("what a template prints", () => {
  it.each([
    ["text", hostile],
    ["attribute", hostile],
    ["json", hostile],
    ["header", hostile],
    ["html", "&#60;/script&#62;&#60;img onerror=&#39;a&#39;&#62;&#34; onload=&#34;b&#38;"],
    ["url", encodeURIComponent(hostile)],
  ] as const)("is escaped for %s", (landing, expected) => {
    expect(rendered("<{{ visitor.name }}>", landing, { name: hostile })).toBe(`<${expected}>`);
  });

  it("keeps what the author wrote around it", () => {
    expect(rendered('<b title="x">{{ visitor.name }}</b>', "html", { name: "A&B" })).toBe('<b title="x">A&#38;B</b>');
  });

  it("may be a whole URL where nothing stands before it, and a part of one elsewhere", () => {
    const visitor = { link: "https://a.example/b?c=d", genre: "art & craft/../x" };
    expect(rendered("{{ visitor.link }}", "url", visitor)).toBe("https://a.example/b?c=d");
    expect(rendered("{{ visitor.link }}&g={{ visitor.genre }}", "url", visitor)).toBe(
      "https://a.example/b?c=d&g=art%20%26%20craft%2F..%2Fx",
    );
    expect(rendered("/books/{{ visitor.genre }}", "url", visitor)).toBe("/books/art%20%26%20craft%2F..%2Fx");
  });

  it("cannot be left unescaped by a filter, nor escaped twice", () => {
    expect(compileTemplate("{{ visitor.name | raw }}", "html").ok).toBe(false);
    expect(rendered("{{ visitor.name | escape }}", "html", { name: "<b>" })).toBe("&lt;b&gt;");
    expect(rendered("{{ visitor.name | escape | append: visitor.name }}", "html", { name: "<b>" })).not.toContain(
      "<b>",
    );
    expect(rendered("{% echo visitor.name %}", "html", { name: "<b>" })).toBe("&#60;b&#62;");
  });

  it("is nothing for what is missing, and JSON for what is not a value", () => {
    expect(rendered("[{{ visitor.none }}]", "text")).toBe("[]");
    expect(rendered("{{ visitor.none | default: 'reader' }}", "text")).toBe("reader");
    expect(rendered("{{ visitor.list }}", "html", { list: ["<", 1] })).toBe("[&#34;&#60;&#34;,1]");
  });
});

describe("a template's bounds", () => {
  it("reads own properties only", () => {
    expect(
      rendered("[{{ visitor.constructor.name }}{{ visitor.__proto__ }}{{ visitor.name.constructor }}]", "text", {
        name: "a",
      }),
    ).toBe("[]");
  });

  it.each(["{% include 'a' %}", "{% render 'a' %}", "{% layout 'a' %}"])(
    "brings nothing from elsewhere: %s",
    (source) => {
      const compiled = compileTemplate(source, "text");
      expect(() => (compiled.ok ? compiled.value(scopeOf({})) : null)).toThrow();
    },
  );

  it.each(["{{ visitor.name", "{% if %}", "{% nothing %}", "{{ visitor.name | nothing }}"])("refuses %s", (source) => {
    expect(compileTemplate(source, "text").ok).toBe(false);
  });

  it("throws rather than run on", () => {
    expect(() => rendered("{% for i in (1..100000000) %}x{% endfor %}", "text")).toThrow();
    const nested =
      "{% for a in (1..900) %}{% for b in (1..900) %}{% for c in (1..900) %}{% endfor %}{% endfor %}{% endfor %}";
    expect(() => rendered(nested, "text")).toThrow();
  });

  it("refuses a template of unreasonable length", () => {
    expect(compileTemplate(`{{ visitor.name }}${"x".repeat(30_000)}`, "text").ok).toBe(false);
  });
});
