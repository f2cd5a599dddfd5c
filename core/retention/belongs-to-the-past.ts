import { sequenceOf } from '../identifiers.ts';
import { isOld, type Sight } from './history.ts';

/**
 * Whether an id that the table does not know is of something that is over: of an earlier app of the
 * name, or from before a table that was lost. Later ones than the active release may be from after the
 * moment that a restored table stands at, and are left alone.
 */
export const belongsToThePast = (id: string, sight: Sight): boolean => {
  const { app, releases } = sight.history;
  const active = releases.find((it) => it.id === app.active);
  return (
    active !== undefined &&
    isOld(Date.parse(active.created), sight) &&
    sequenceOf(id) < sequenceOf(active.id)
  );
};
