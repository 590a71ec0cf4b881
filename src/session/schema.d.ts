import type { StandardSchema } from './standard-schema.ts';
/** Makes data of the next version: it returns other data, or changes `data` in place and returns nothing. */
export type MigrationStep = (data: Record<string, unknown>) => Migrated | Promise<Migrated>;
/** What a migration returns: the data, or nothing where it changed the data that it was given. */
export type Migrated = object | undefined;
/**
 * Brings data that was sealed with an older `version` up to date: one function that is told the version, or
 * a step for each older version, by its number. Sessions that were sealed before there was a `version` are
 * of version 0.
 */
export type Migrate = ((data: Record<string, unknown>, from: number) => Migrated | Promise<Migrated>) | {
    readonly [from: number]: MigrationStep;
};
/** How the options `version` and `migrate` work together. */
export interface Migration {
    readonly version: number;
    readonly migrate: Migrate | undefined;
}
/** @throws ConfigError */
export declare function resolveMigration(version: number | undefined, migrate: Migrate | undefined): Migration | undefined;
/** Data of version `from`, brought up to date. */
export declare function migrated(data: object, from: number, { version, migrate }: Migration): Promise<object>;
/**
 * The data as the schema gives it.
 *
 * @param when - for the error
 * @throws SchemaInvalid
 */
export declare function validated(data: object, schema: StandardSchema, when: 'open' | 'save'): Promise<object>;
