/** A child process: the demo on a plain Node server. */
import { type ClusterEnv } from './store.ts';
/** What a Node node has to run. */
export interface NodeTask {
    readonly env: ClusterEnv;
}
