/** The least that a proxy can be: what "nothing to do" is held against. */
export default {
  fetch(request: Request, env: { readonly ORIGIN: string }): Promise<Response> {
    const path = request.url.slice(request.url.indexOf("/", 8));
    return fetch(new Request(env.ORIGIN + path, request));
  },
};
