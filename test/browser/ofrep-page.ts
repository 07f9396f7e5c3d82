import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature, type Provider, ProviderEvents } from "@openfeature/web-sdk";

/** The page of a browser application, as docs/ofrep.md shows it, with what its test looks at within reach. */
const application = {
  async open(baseUrl: string, key: string, context: Record<string, string>, pollInterval = 0) {
    const headers: [string, string][] = [["X-API-Key", key]];
    await OpenFeature.setContext(context);
    const options = { baseUrl, headers, pollInterval, cacheMode: "network-first" as const };
    // Its types do not know of `exactOptionalPropertyTypes`.
    await OpenFeature.setProviderAndWait(new OFREPWebProvider(options) as Provider);
  },
  changeContext: (context: Record<string, string>) => OpenFeature.setContext(context),
  close: () => OpenFeature.close(),
  read() {
    const client = OpenFeature.getClient();
    return {
      title: client.getStringDetails("title", "none"),
      limit: client.getNumberDetails("limit", 0),
      lonely: client.getBooleanDetails("lonely", false),
      layout: client.getObjectDetails("layout", {}),
      unknown: client.getStringDetails("nope", "fallback"),
    };
  },
  changes: 0,
};
OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, () => {
  application.changes += 1;
});
Object.assign(globalThis, { application });
