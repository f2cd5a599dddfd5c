import * as z from 'zod';

/** Hosts, separated by commas, that speak plain HTTP. */
export const insecureHosts = z
  .string()
  .transform((hosts) => hosts.split(',').filter((host) => host !== ''));
