import type { Plugin } from 'esbuild'

export declare const mendedPostgres: Plugin
