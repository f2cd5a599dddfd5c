import type { App } from '../apps/app.ts';
import type { Build } from '../builds/build.ts';
import type { Promotion } from '../promotions/promotion.ts';
import type { ListedRelease } from '../releases/release.ts';

/** An app as it was read: every new use of an old release or build changes it. */
export interface Watermark
  extends Pick<App, 'name' | 'sequence' | 'active' | 'promotion' | 'queued'> {
  readonly latest?: string | undefined;
}

/** All that the table knows of an app's past; newest first. */
export interface History {
  /** Read before the rest, so that whoever changes it later is noticed. */
  readonly app: Watermark;
  readonly releases: readonly ListedRelease[];
  readonly builds: readonly Build[];
  readonly promotions: readonly Promotion[];
  /** Ids of releases and builds that have expired, and are not cleared away yet. */
  readonly uncleared: readonly string[];
}

/** What the cluster's own copy of the active release refers to. */
export interface CopiedRelease {
  readonly release: string;
  readonly build: string;
  /** `HOST/REPOSITORY@sha256:…` */
  readonly images: readonly string[];
}

export interface RetentionRules {
  /** How many of the newest releases are kept, whatever became of them, */
  readonly newest: number;
  /** and how many of those that were active last. */
  readonly active: number;
  /** Nothing younger than that goes; milliseconds. */
  readonly safeAge: number;
}

/** What a decision is made from, besides what the registry or the bucket holds. */
export interface Sight {
  readonly history: History;
  /** Undefined where the cluster has none. */
  readonly copy: CopiedRelease | undefined;
  readonly rules: RetentionRules;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A time that can't be read is never old. */
export const isOld = (time: number | undefined, { rules, now }: Sight): boolean =>
  time !== undefined && time + rules.safeAge <= now;
