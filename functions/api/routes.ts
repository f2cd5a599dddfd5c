import * as apps from '#contracts/apps.ts';
import * as archives from '#contracts/archives.ts';
import * as builds from '#contracts/builds.ts';
import * as objects from '#contracts/objects.ts';
import * as promotions from '#contracts/promotions.ts';
import * as releases from '#contracts/releases.ts';
import * as system from '#contracts/system.ts';
import { cancelApp } from '#core/apps/cancel-app.ts';
import { createApp } from '#core/apps/create-app.ts';
import { getApp } from '#core/apps/get-app.ts';
import { listApps } from '#core/apps/list-apps.ts';
import { updateApp } from '#core/apps/update-app.ts';
import { downloadExport, getExport, startExport } from '#core/archives/export-build.ts';
import { importBuild } from '#core/archives/import-build.ts';
import { getBuild, getBuildLogs, listBuildEvents, listBuilds } from '#core/builds/read-builds.ts';
import { createChunkUploads } from '#core/objects/create-chunk-uploads.ts';
import { createUpload } from '#core/objects/create-upload.ts';
import { storeObject } from '#core/objects/store-object.ts';
import { storeSource } from '#core/objects/store-source.ts';
import {
  getEvidence,
  getPromotion,
  listPromotionEvents,
  listPromotions,
} from '#core/promotions/read-promotions.ts';
import { changeEnvironment } from '#core/releases/change-environment.ts';
import { createRelease } from '#core/releases/create-release.ts';
import { pinRelease } from '#core/releases/pin-release.ts';
import { promoteRelease } from '#core/releases/promote-release.ts';
import { getRelease, listReleases } from '#core/releases/read-releases.ts';
import { rollbackRelease } from '#core/releases/rollback-release.ts';
import { unpinRelease } from '#core/releases/unpin-release.ts';
import { check, getSystem, listRacks } from '#core/system/get-system.ts';
import type { ApiDependencies } from '../runtime/dependencies/api.ts';
import { type Route, route } from '../runtime/route.ts';

export const routes = (deps: ApiDependencies): readonly Route[] => [
  route(system.check, check()),
  route(system.authenticate, check()),
  route(system.getSystem, getSystem(deps)),
  route(system.listRacks, listRacks(deps)),
  route(apps.listApps, listApps(deps)),
  route(apps.createApp, createApp(deps)),
  route(apps.getApp, getApp(deps)),
  route(apps.updateApp, updateApp(deps)),
  route(apps.cancelApp, cancelApp(deps)),
  route(objects.storeObject, storeObject(deps)),
  route(objects.createUpload, createUpload(deps)),
  route(objects.storeSource, storeSource(deps)),
  route(objects.createChunkUploads, createChunkUploads(deps)),
  route(archives.startExport, startExport(deps)),
  route(archives.getExport, getExport(deps)),
  // Before the build of that name: the end of its path is part of the last name.
  route(archives.downloadExport, downloadExport(deps)),
  route(archives.importBuild, importBuild(deps)),
  route(builds.listBuilds, listBuilds(deps)),
  route(builds.getBuild, getBuild(deps)),
  route(builds.getBuildLogs, getBuildLogs(deps)),
  route(builds.listBuildEvents, listBuildEvents(deps)),
  route(releases.listReleases, listReleases(deps)),
  route(releases.getRelease, getRelease(deps)),
  route(releases.createRelease, createRelease(deps)),
  route(releases.changeEnvironment, changeEnvironment(deps)),
  route(releases.rollbackRelease, rollbackRelease(deps)),
  route(releases.pinRelease, pinRelease(deps)),
  route(releases.unpinRelease, unpinRelease(deps)),
  route(releases.promoteRelease, promoteRelease(deps)),
  route(promotions.listPromotions, listPromotions(deps)),
  route(promotions.getPromotion, getPromotion(deps)),
  route(promotions.listPromotionEvents, listPromotionEvents(deps)),
  route(promotions.getEvidence, getEvidence(deps)),
];
