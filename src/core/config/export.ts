import type { Draft } from "../draft.ts";
import type { Json, JsonObject } from "../json.ts";
import { exportApp } from "./app.ts";
import { exportAudience } from "./audience.ts";
import { exportEventKind } from "./event.ts";
import { exportExperience } from "./experience.ts";
import { defined, exportMap } from "./export-order.ts";
import { exportHoldout, exportLayer } from "./layer.ts";
import { layerPlaces } from "./layer-places.ts";
import { exportMetric } from "./metric.ts";
import { exportRoute } from "./route.ts";
import { exportSitePolicy } from "./site-policy.ts";
import { exportSlot } from "./slot.ts";

/**
 * Writes a draft as a configuration file: the inverse of `parseSiteFile`, which reads exactly this draft back.
 *
 * The order is stable (maps by key; variants as authored) and defaults are left out, so that two exports differ only
 * where the drafts do.
 */
export function exportDraft(draft: Draft): JsonObject {
  const places = layerPlaces(draft.experiences);
  const experience = (member: Draft["experiences"][string], key: string): Json =>
    exportExperience(member, key, draft.routes, places.get(member.layer?.key ?? "") ?? "explicit");
  return defined({
    ...exportSitePolicy(draft.site),
    routes: exportMap(draft.routes, exportRoute),
    audiences: exportMap(draft.audiences, exportAudience),
    slots: exportMap(draft.slots, exportSlot),
    metrics: exportMap(draft.metrics, exportMetric),
    layers: exportMap(draft.layers, exportLayer),
    holdouts: exportMap(draft.holdouts, exportHoldout),
    experiences: exportMap(draft.experiences, experience),
    apps: exportMap(draft.apps ?? {}, exportApp),
    events: exportMap(draft.events ?? {}, exportEventKind),
  });
}
