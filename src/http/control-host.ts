/** Whether a request came to the control plane's own host. `host` is as configured, with a port where that is not the usual one. */
export function isControlHost(request: Request, host: string): boolean {
  return new URL(request.url).host === host.toLowerCase();
}
