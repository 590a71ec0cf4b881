/** The demo as a Worker in the cluster. */

import { createApp } from '../app.ts'
import { clusterStore } from './store.ts'

export default createApp(clusterStore)
