import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installBusybox } from '../bed/busybox-image.ts';

const dockerfile = `FROM scratch
ARG GREETING=none
ARG TOKEN
COPY bin /bin
RUN ["/bin/sh", "-c", "mkdir -p /www /tmp && echo $GREETING > /www/index.html"]
CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p $PORT -h /www & wait"]
`;

const manifest = `services:
  web:
    build: .
    port: 3000
    health: { grace: 1, interval: 1 }
    termination: { grace: 5 }
    scale: { count: 2, cpu: 16, memory: 32 }
  worker:
    build: .
    command: sh -c "trap 'exit 0' TERM; sleep 100000 & wait"
    scale: { count: 1, cpu: 16, memory: 32 }
`;

/** A folder with a Dockerfile that runs a program while it is built, and needs no image but its own. */
export class BuiltShop {
  readonly path = mkdtempSync(join(tmpdir(), 'rackless-built-'));

  constructor() {
    const root = join(this.path, 'root');
    mkdirSync(root);
    installBusybox(root);
    writeFileSync(join(this.path, 'convox.yml'), manifest);
    this.write(dockerfile.replace('COPY bin', 'COPY root/bin'));
  }

  /** A step that has a secret, and prints it. */
  useSecret(name: string): void {
    const mount = `--mount=type=secret,id=${name},env=${name}`;
    const step = `RUN ${mount} ["/bin/sh", "-c", "echo $${name}; echo length ${'$'}{#${name}}"]`;
    this.write(`FROM scratch\nARG ${name}\nCOPY root/bin /bin\n${step}\nCMD ["sh"]\n`);
  }

  write(text: string): void {
    writeFileSync(join(this.path, 'Dockerfile'), text);
  }

  /** A step that says that it has begun, and then does something. */
  begin(script: string): void {
    const step = JSON.stringify(['/bin/sh', '-c', `echo begun; ${script}`]);
    this.write(`FROM scratch\nCOPY root/bin /bin\nRUN ${step}\n`);
  }

  break(): void {
    this.write('FROM scratch\nCOPY root/bin /bin\nRUN ["/bin/sh", "-c", "echo no luck; exit 7"]\n');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
