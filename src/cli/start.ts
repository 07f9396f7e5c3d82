import { join } from "node:path";
import { type Demo, startDemo } from "../../demo/server.ts";
import { type Admin, adminOf } from "./local/admin.ts";
import { readArguments, type StartOptions } from "./local/arguments.ts";
import { buildIfStale } from "./local/bundle.ts";
import { type ConfigFile, readConfigFile } from "./local/config-file.ts";
import { announce, mayUse, openData, withdraw } from "./local/data.ts";
import { endLeftover, forgetRuntime, noteRuntime } from "./local/leftover.ts";
import { arePortsFree, loopback } from "./local/ports.ts";
import { root } from "./local/root.ts";
import { secretsIn } from "./local/secrets.ts";
import { onEnding } from "./local/signals.ts";
import { publishFile } from "./local/site.ts";
import { tourText } from "./local/tour.ts";
import { readGuests, seedOnce, type Visit, visitsOf } from "./local/visitors.ts";
import { warmUp } from "./local/warm-up.ts";
import { startWorker } from "./local/worker.ts";

/** `npm start`: the built Worker on workerd before the demo shop, or before a site of one's own. */
const demoConfig = join(root, "demo/caramel.yaml");
const demoGuests = join(root, "demo/profiles.yaml");

const parentPollMs = 250;

/** Something a person can mend: said without a stack. */
class Refused extends Error {}

/** What has been started, ended in the opposite order. */
const started: (() => Promise<unknown>)[] = [];

await main().catch(async (error: unknown) => {
  console.error(error instanceof Refused ? error.message : error);
  process.exitCode = 1;
  await stopAll();
});

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2), process.cwd());
  if (!read.ok && read.error.isHelp) return console.log(read.error.text);
  const options = orRefuse(read.ok ? read : { ok: false, error: read.error.text });
  const file = orRefuse(await readConfigFile(options.config ?? demoConfig));
  await prepare(options);
  stopWhenAsked();
  const proxyUrl = `http://localhost:${options.port}`;
  const originUrl = await openOrigin(options, file);
  const admin = await openProxy(options, file, proxyUrl, originUrl);
  const outcome = orRefuse(await publishFile(admin, options.data, file, originUrl));
  if (outcome === "unchanged") console.log("The configuration is as last published from this file.\n");
  const visits = options.config === null ? await openTour(admin, options, file, proxyUrl) : [];
  await warmUp(proxyUrl, file.hosts);
  console.log(tourText({ proxyUrl, originUrl, visits, hosts: file.hosts, site: file.site }));
  console.log(`Ready at ${proxyUrl} (Ctrl-C stops)`);
}

async function prepare({ config, port, data, fresh }: StartOptions): Promise<void> {
  orRefuse(await mayUse(data));
  await endLeftover(data);
  const proxy = { port, what: "the proxy" };
  const origin = { port: port + 1, what: "the demo's origin" };
  orRefuse(await arePortsFree(config === null ? [proxy, origin] : [proxy]));
  await buildIfStale();
  await openData(data, fresh);
  noteRuntime(data);
  started.push(() => withdraw(data));
}

/** The demo's origin, or wherever the file says that the website is. */
async function openOrigin({ config, port }: StartOptions, file: ConfigFile): Promise<string> {
  if (config !== null) return file.origin;
  const demo: Demo = await startDemo({ port: port + 1 });
  started.push(() => demo.close());
  return `http://${loopback}:${demo.port}`;
}

async function openProxy(
  { port, data }: StartOptions,
  file: ConfigFile,
  proxyUrl: string,
  originUrl: string,
): Promise<Admin> {
  const secrets = await secretsIn(data);
  const access = { url: proxyUrl, token: secrets.ADMIN_TOKEN };
  await announce(data, access);
  const fallbackOrigin = Object.fromEntries(file.hosts.map((host) => [host, originUrl]));
  const worker = await startWorker({ data, port, secrets, fallbackOrigin, say: (line) => console.error(line) });
  started.push(() => forgetRuntime(data));
  started.push(() => worker.stop());
  await worker.migrate();
  return adminOf(access);
}

async function openTour(
  admin: Admin,
  { data }: StartOptions,
  { site }: ConfigFile,
  proxyUrl: string,
): Promise<Visit[]> {
  const guests = await readGuests(demoGuests);
  await seedOnce(admin, data, site, guests);
  return visitsOf(admin, site, guests, proxyUrl);
}

/** Stops once, however often it is asked: npm passes on a signal that the terminal has already sent us. */
function stopWhenAsked(): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    console.log("\nStopping …");
    void stopAll().finally(() => process.exit());
  };
  onEnding(stop);
  if (process.env.npm_lifecycle_event === "start") whenLeftAlone(stop);
}

/** Under npm our parent is a shell that dies of a signal without passing it on, and we would go on unseen. */
function whenLeftAlone(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), parentPollMs).unref();
}

async function stopAll(): Promise<void> {
  for (const stop of started.splice(0).reverse()) {
    await stop().catch((error: unknown) => console.error(error));
  }
}

function orRefuse<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  if (!result.ok) throw new Refused(result.error);
  return result.value;
}
