import { endpoints, generalEndpoints } from "../control.ts";
import { type OpenApi, openApiDocument } from "./document.ts";
import { apiPage } from "./page.ts";

/** Raised when a call changes in a way that a client may notice. */
const version = "1.0.0";

const operations = [...endpoints, ...generalEndpoints];

/** `GET /_caramel/api/openapi.json`. */
export const apiDocument = (): OpenApi => openApiDocument(operations, version);

/** `GET /_caramel/api/docs`. */
export const apiDocs = (): Promise<string> => apiPage(operations, apiDocument(), version);
