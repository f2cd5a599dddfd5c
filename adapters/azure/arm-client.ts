import { UnavailableError } from '#core/errors.ts';
import { resourceManagerRefusal } from './arm-refusal.ts';
import { type Answer, ask } from './ask.ts';
import type { AzureCloud } from './clouds.ts';
import type { EntraTokens } from './entra-tokens.ts';

export interface Resource<Properties> {
  readonly id: string;
  readonly name: string;
  readonly properties: Properties & { readonly provisioningState?: string };
}

export interface ResourceManagerClients {
  readonly entra: Pick<EntraTokens, 'token'>;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** The last one of Microsoft.ContainerRegistry that all of Microsoft's clouds have. */
const apiVersion = '2023-07-01';

/** What else is done at the same time stands in the way, or there were too many requests. */
const transient = new Set([409, 429, 503]);

/** How often a request is sent. */
const attempts = 4;

/** How long one change may take, and between two looks at it: a user waits. Milliseconds. */
const patience = 10_000;
const longestStep = 1000;

/** Azure's API for what there is in a subscription; resources are named by their full ids. */
export class ResourceManager {
  readonly #clients: ResourceManagerClients;
  readonly #cloud: AzureCloud;

  constructor(clients: ResourceManagerClients, cloud: AzureCloud) {
    this.#clients = clients;
    this.#cloud = cloud;
  }

  async read<Properties>(id: string): Promise<Resource<Properties> | undefined> {
    const answer = await this.#send('GET', this.#url(id));
    if (answer.status === 404) return undefined;
    return this.#accepted<Resource<Properties>>(answer, id);
  }

  /** All of a kind, page by page. */
  async list<Properties>(id: string): Promise<readonly Resource<Properties>[]> {
    const found: Resource<Properties>[] = [];
    let next: string | undefined = this.#url(id);
    while (next) {
      const answer: Answer = await this.#send('GET', next);
      const page = this.#accepted<{ value?: Resource<Properties>[]; nextLink?: string }>(
        answer,
        id
      );
      found.push(...(page.value ?? []));
      next = page.nextLink && this.#ours(page.nextLink);
    }
    return found;
  }

  /** Makes or replaces a resource and waits until it is there. */
  async put(id: string, properties: object): Promise<void> {
    const answer = await this.#send('PUT', this.#url(id), { properties });
    let resource = this.#accepted<Resource<object> | undefined>(answer, id);
    await this.#until(id, async () => {
      const state = resource?.properties?.provisioningState ?? 'Succeeded';
      if (state === 'Failed' || state === 'Canceled') throw undone(`${id} is ${state}`);
      if (state === 'Succeeded' && resource) return true;
      resource = await this.read(id);
      return false;
    });
  }

  /** Removes a resource, if it is there, and waits until it is gone. */
  async remove(id: string): Promise<void> {
    const answer = await this.#send('DELETE', this.#url(id));
    if (answer.status === 404) return;
    this.#accepted(answer, id);
    if (answer.status !== 202) return;
    await this.#until(id, async () => (await this.read(id)) === undefined);
  }

  /** What an action answers, at once or where it says. */
  async act<Result>(id: string, action: string, body: object): Promise<Result> {
    let answer = await this.#send('POST', this.#url(`${id}/${action}`), body);
    await this.#until(id, async () => {
      const location = answer.headers.get('location');
      if (answer.status !== 202 || !location) return true;
      answer = await this.#send('GET', this.#ours(location));
      return answer.status !== 202;
    });
    return this.#accepted<Result>(answer, id);
  }

  async #until(id: string, isDone: () => Promise<boolean>): Promise<void> {
    for (let waited = 0, step = 125; !(await isDone()); waited += step) {
      if (waited >= patience) throw undone(`Azure did not finish its change of ${id} in time`);
      step = Math.min(step * 2, longestStep);
      await this.#clients.pause(step);
    }
  }

  async #send(method: string, url: string, body?: object): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const authorization = `Bearer ${await this.#clients.entra.token(this.#cloud.resourceManagerScope)}`;
      const answer = await ask(url, {
        method,
        headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!transient.has(answer.status) || attempt === attempts) return answer;
      await this.#clients.pause(wanted(answer) ?? attempt * 1000);
    }
  }

  #accepted<Body>(answer: Answer, id: string): Body {
    if (answer.status >= 400) throw resourceManagerRefusal(answer, id);
    return answer.body as Body;
  }

  #url(id: string): string {
    return `${this.#cloud.resourceManager}${id}?api-version=${apiVersion}`;
  }

  /** The token is for nobody else, wherever an answer points. */
  #ours(url: string): string {
    if (new URL(url).origin === new URL(this.#cloud.resourceManager).origin) return url;
    throw new Error(`Azure points to ${new URL(url).origin}, which is not its resource manager`);
  }
}

const undone = (what: string): UnavailableError =>
  new UnavailableError(what, {
    hint: "try again; if it lasts, the registry's activity log in Azure has the cause",
  });

/** What the answer asks to wait; milliseconds, at most five seconds. */
const wanted = ({ headers }: Answer): number | undefined => {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds, 5) * 1000 : undefined;
};
