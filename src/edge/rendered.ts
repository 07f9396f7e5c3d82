import type { RenderOutcome } from "./render-outcome.ts";

/** A response with a decision carried out on it. */
export interface Rendered {
  readonly response: Response;
  /** Its bytes may differ from the origin's, so headers that describe those bytes are false. */
  readonly changed: boolean;
  /** The response was made for this page: its headers may be changed in place, where a further copy would cost as much as deciding. */
  readonly isOwn?: boolean;
  /** Settles when the body has ended or was given up; never rejects. */
  readonly outcome: Promise<RenderOutcome>;
}
