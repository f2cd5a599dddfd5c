export interface ScopeMap {
  /** `repositories/NAME/content/read` and so on. */
  readonly actions: readonly string[];
}

export interface Password {
  readonly name: string;
  readonly value: string;
  /** RFC 3339. */
  readonly expiry: string;
}

export interface AcrToken {
  readonly scopeMapId: string;
  readonly status: string;
  passwords: readonly Password[];
}

/** A registry as the resource manager and the registry itself both see it. */
export interface RegistryState {
  readonly resourceId: string;
  /** Where its resource manager answers. */
  resourceManager: string;
  readonly scopeMaps: Map<string, ScopeMap>;
  readonly tokens: Map<string, AcrToken>;
}
