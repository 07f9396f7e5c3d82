import { clientScript } from "../edge/browser/script.ts";
import type { ClientAddress } from "../edge/browser/tag.ts";
import { clientIntegrity, clientText, clientVersion } from "./client-text.ts";

/** What pages that bring the browser's helper along say of it. */
export const clientAddress: ClientAddress = {
  src: `/_caramel/client.js?v=${clientVersion}`,
  integrity: clientIntegrity,
};

/** `/_caramel/client.js`. */
export const serveClient = (request: Request): Response =>
  clientScript(request, { text: clientText, version: clientVersion });
