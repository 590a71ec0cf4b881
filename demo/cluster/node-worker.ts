/** The demo as a Worker in the cluster. */

import { createApp } from '../app.ts'
import { clusterStores } from './store.ts'

export default createApp(clusterStores)
