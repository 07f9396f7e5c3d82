/** What an event may be called: small letters, digits, `_`, `.`, `:` and `-`, at most 64 characters. */
export const eventNameShape = /^[a-z0-9][a-z0-9_.:-]{0,63}$/;
