import { type FeatureResult, GrowthBook, type Result, StickyBucketService } from "@growthbook/growthbook";

/** What GrowthBook's SDK is asked: the same members as a line of `evaluate`. */
export interface SdkQuestion {
  readonly features?: object;
  readonly savedGroups?: object;
  readonly attributes: object;
  readonly stickyBuckets?: object | undefined;
  readonly forcedVariations?: object | undefined;
  readonly url?: string | undefined;
  readonly qaMode?: boolean | undefined;
}

/** Keeps nothing: the documents in the SDK's hands are all that counts. */
class NoStickyService extends StickyBucketService {
  override getAssignments = async () => null;
  override saveAssignments = async () => {};
  override getAllAssignments = async () => ({});
}

export function sdkFor(question: SdkQuestion): GrowthBook {
  const { stickyBuckets, ...options } = structuredClone(question);
  const sdk = new GrowthBook({
    ...(options as object),
    disableCache: true,
    ...(stickyBuckets === undefined
      ? {}
      : { stickyBucketService: new NoStickyService(), stickyBucketAssignmentDocs: stickyBuckets as never }),
  });
  return sdk;
}

/** The SDK's answers, as JSON. */
export const plainFeature = (result: FeatureResult): Record<string, unknown> => JSON.parse(JSON.stringify(result));
export const plainRun = (result: Result<unknown>): Record<string, unknown> => JSON.parse(JSON.stringify(result));
