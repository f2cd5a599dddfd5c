interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  /** Seconds since 1970. */
  readonly exp?: number;
}

/** What a token says; nothing vouches for it here. */
export const claimsOf = (jwt: string): Claims => {
  try {
    return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  } catch {
    return {};
  }
};

/** When a token ends; milliseconds since 1970. One that doesn't tell is good for this once. */
export const expiryOf = (jwt: string): number => (claimsOf(jwt).exp ?? 0) * 1000;
