import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { JsonAction } from "../../../src/core/draft.ts";
import type { Json } from "../../../src/core/json.ts";
import { countPlaces, editJson } from "../../../src/core/json-edit/edit-json.ts";
import { scriptJson } from "../../../src/core/json-edit/json-operations.ts";
import { parsePointer } from "../../../src/core/json-edit/pointer.ts";

function edit(text: string, action: JsonAction, pointer: string, value: Json = null): string | null {
  const path = parsePointer(pointer);
  if (!path.ok) throw new Error(path.error);
  return editJson(text, { action, path: path.value, value });
}

describe("an edit changes its place and nothing else", () => {
  it.each([
    ["set", "/a", '{ "a" : 1.0 , "b":12345678901234567890 }', '{ "a" : "N" , "b":12345678901234567890 }'],
    ["set", "/c", '{"a":1 }', '{"a":1,"c":"N" }'],
    ["set", "/c", "{ }", '{"c":"N" }'],
    ["set", "/a/b/0/c", '{"a":{"b":[{"c":[1,{"d":"]}"}]}]}}', '{"a":{"b":[{"c":"N"}]}}'],
    ["set", "/a/1", '{"a":[1,2,3]}', '{"a":[1,"N",3]}'],
    ["set", "/a/-", '{"a":[1]}', '{"a":[1,"N"]}'],
    ["set", "/a/1", '{"a":[1]}', '{"a":[1,"N"]}'],
    ["set", "/a~1b/~0", '{"a/b":{"~":1}}', '{"a/b":{"~":"N"}}'],
    ["set", "/a", '{"a":1,"\\u0061":2,"A":3}', '{"a":"N","\\u0061":"N","A":3}'],
    ["set", '/"\\', '{"\\"\\\\":1,"z":"\\\\"}', '{"\\"\\\\":"N","z":"\\\\"}'],
    ["set", "/*/t", '[{"t":1},{"t":2},{"u":3},4]', '[{"t":"N"},{"t":"N"},{"u":3,"t":"N"},4]'],
    ["set", "/*", '{"a":1,"b":[2]}', '{"a":"N","b":"N"}'],
    ["set", "", " [1] \n", ' "N" \n'],
    ["set", "/__proto__/x", '{"__proto__":{"x":1}}', '{"__proto__":{"x":"N"}}'],
    ["set", "/", '{"":1}', '{"":"N"}'],
    ["append", "/a", '{"a":[ 1 , 2 ]}', '{"a":[ 1 , 2,"N" ]}'],
    ["append", "/a", '{"a":[ ]}', '{"a":["N" ]}'],
    ["append", "", "[]", '["N"]'],
    ["append", "/*/tags", '[{"tags":[]},{"tags":[1]}]', '[{"tags":["N"]},{"tags":[1,"N"]}]'],
    ["remove", "/a", '{"a":1 , "b":2}', '{"b":2}'],
    ["remove", "/b", '{"a":1 , "b":2 }', '{"a":1 }'],
    ["remove", "/a", '{ "a":1 }', "{  }"],
    ["remove", "/*", "[1, 2, 3]", "[]"],
    ["remove", "/a", '{"a":1,"b":2,"a":3,"c":4,"a":5}', '{"b":2,"c":4}'],
    ["remove", "/1", "[1,2,3]", "[1,3]"],
    ["remove", "/*/x", '[{"x":1,"y":2},{"y":3,"x":4}]', '[{"y":2},{"y":3}]'],
  ] as const)("%s %s in %s", (action, pointer, before, after) => {
    expect(edit(before, action, pointer, "N")).toBe(after);
  });

  it.each([
    ["set", "/a/b", '{"a":1}'],
    ["set", "/a/3", '{"a":[1]}'],
    ["set", "/a/01", '{"a":[1]}'],
    ["set", "/toString/x", "{}"],
    ["set", "/*", "{}"],
    ["remove", "/b", '{"a":1}'],
    ["remove", "", "{}"],
    ["append", "/a", '{"a":{}}'],
  ] as const)("%s %s leads nowhere in %s", (action, pointer, text) => {
    expect(edit(text, action, pointer, "N")).toBeNull();
  });

  it("counts the same places whatever is done there", () => {
    const places = (text: string, pointer: string) =>
      countPlaces(text, parsePointer(pointer).ok ? pointer.split("/").slice(1) : []);
    expect(places('{"a":1,"a":2}', "/a")).toBe(2);
    expect(places("{}", "/a")).toBe(1);
    expect(places("[1]", "/a")).toBe(0);
    expect(places('[{"t":1},{"u":1}]', "/*/t")).toBe(2);
    expect(places("{}", "/a/b")).toBe(0);
  });
});

/** A second opinion: the same edit on the parsed document. */
function edited(
  document: Json,
  action: JsonAction,
  [first, ...rest]: readonly string[],
  value: Json,
): Json | undefined {
  if (first === undefined) {
    if (action === "set") return value;
    return action === "append" && Array.isArray(document) ? [...document, value] : undefined;
  }
  if (document === null || typeof document !== "object") return undefined;
  const members: [string, Json][] = Object.entries(document);
  const inPlace = members.map(([key, member]): [string, Json | undefined] => {
    if (key !== first) return [key, member];
    if (rest.length === 0 && action === "remove") return [key, undefined];
    return [key, edited(member, action, rest, value) ?? member];
  });
  const kept = inPlace.filter((pair): pair is [string, Json] => pair[1] !== undefined);
  const isNew = !members.some(([key]) => key === first) && rest.length === 0 && action === "set";
  if (Array.isArray(document)) {
    const isEnd = isNew && (first === "-" || first === String(document.length));
    return [...kept.map(([, member]) => member), ...(isEnd ? [value] : [])];
  }
  return Object.fromEntries(isNew ? [...kept, [first, value]] : kept);
}

// No key "\\" beside "\"": V8 of Node 24.21 takes one for the other when it parses both as keys of alike objects.
const keys = fc.constantFrom("a", "b", "0", "1", "", '"', "é", "~", "/");
const documents = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Json>(1, null, true, "x", '"]}', "\\"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 3 }),
  ),
})).value;

property.prop(
  [
    documents,
    fc.constantFrom<JsonAction>("set", "remove", "append"),
    fc.array(keys, { maxLength: 3 }),
    fc.constantFrom(undefined, 1, "\t"),
  ],
  {
    numRuns: 2000,
  },
)("an edit of the text is an edit of the document", (document, action, path, indent) => {
  const text = JSON.stringify(document, null, indent);
  const result = editJson(text, { action, path, value: ["N"] });
  const expected = path.length === 0 && action === "remove" ? undefined : edited(document, action, path, ["N"]);
  expect(JSON.parse(result ?? text)).toEqual(expected === undefined ? document : JSON.parse(JSON.stringify(expected)));
});

it("a value inside a script cannot end it", () => {
  const hostile = "</script><!--\u2028\u2029é😀&";
  expect(scriptJson(false)(hostile)).toBe('"\\u003c/script\\u003e\\u003c!--\\u2028\\u2029é😀\\u0026"');
  expect(scriptJson(true)(hostile)).not.toMatch(/\P{ASCII}/u);
  expect(JSON.parse(scriptJson(true)(hostile))).toBe(hostile);
});
