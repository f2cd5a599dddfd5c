import * as apps from '#contracts/apps.ts';
import * as builds from '#contracts/builds.ts';
import * as logs from '#contracts/logs.ts';
import * as processes from '#contracts/processes.ts';
import * as services from '#contracts/services.ts';
import { deleteApp } from '#core/apps/delete-app.ts';
import { importImage } from '#core/builds/import-image.ts';
import { listLogs } from '#core/logs/list-logs.ts';
import { getProcess } from '#core/processes/get-process.ts';
import { listProcesses } from '#core/processes/list-processes.ts';
import { stopProcess } from '#core/processes/stop-process.ts';
import { listServices } from '#core/services/list-services.ts';
import { restartService } from '#core/services/restart-service.ts';
import { scaleService } from '#core/services/scale-service.ts';
import type { ClusterDependencies } from '../runtime/dependencies/cluster.ts';
import { type Route, route } from '../runtime/route.ts';

export const routes = (deps: ClusterDependencies): readonly Route[] => [
  route(apps.deleteApp, deleteApp(deps)),
  route(builds.importImage, importImage(deps)),
  route(processes.listProcesses, listProcesses(deps)),
  route(processes.getProcess, getProcess(deps)),
  route(processes.stopProcess, stopProcess(deps)),
  route(services.listServices, listServices(deps)),
  route(services.scaleService, scaleService(deps)),
  route(services.restartService, restartService(deps)),
  route(logs.listLogs, listLogs(deps)),
];
