/**
 * Names of rows: SQL's are in snake case, ours in camel case. A test holds the schema to it, so that the Worker needs none
 * of the library that the schema is written in: reading it alone costs a cold isolate five milliseconds.
 */
export const columnOf = (property: string): string =>
  property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const propertyOf = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Reads rows of one table, every column of it. That they are of the table's type is the schema's word, which tests compare with the migrations. */
export function rowsAs<Row>(stored: readonly Readonly<Record<string, unknown>>[]): Row[] {
  const properties = Object.keys(stored[0] ?? {}).map((column) => [column, propertyOf(column)] as const);
  return stored.map((row) => Object.fromEntries(properties.map(([column, name]) => [name, row[column]])) as Row);
}
