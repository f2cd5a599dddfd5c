/** One line of a promotion's or a build's story. */
export interface StoryEvent {
  /** From 1, without holes. */
  readonly sequence: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly text: string;
  readonly kind: 'kubernetes' | 'status' | 'verdict' | 'evidence' | 'log';
}

/** A promotion (`P…`) or a build (`B…`) of an app. */
export interface StoryKey {
  readonly app: string;
  readonly id: string;
}
