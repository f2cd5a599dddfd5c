import process from 'node:process';
import { createInterface } from 'node:readline';
import { type LoadOptions, runLoad } from './load.ts';
import { PhaseTally } from './tally.ts';

/**
 * A process of its own, so that nobody's work delays a request. Its argument are the options; each
 * line on stdin names a phase, the end of stdin ends it, and then it prints its tallies.
 */
const options = JSON.parse(process.argv[2] ?? '') as LoadOptions;
const tally = new PhaseTally('begin');
const stop = new AbortController();
const orders = createInterface(process.stdin);
orders.on('line', (phase) => tally.begin(phase));
orders.on('close', () => stop.abort());
await runLoad(options, tally, stop.signal);
console.log(JSON.stringify(tally.tallies));
process.exit(0);
