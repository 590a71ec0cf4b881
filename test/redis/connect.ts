/** The storage of unstorage that stands on a Redis server. */
import { createStorage, type Storage } from 'unstorage'
import redisDriver from 'unstorage/drivers/redis'
import { onTestFinished } from 'vitest'

/** Connects to the server on a port of 127.0.0.1, until the test ends. */
export function connectTo(port: number) {
  const driver = redisDriver({ host: '127.0.0.1', port, maxRetriesPerRequest: 0 })
  const client = driver.getInstance?.()
  if (client === undefined) throw new Error('the redis driver has no client')
  // Without a listener, ioredis prints each lost connection.
  client.on('error', () => {})
  const storage: Storage = createStorage({ driver })
  onTestFinished(() => storage.dispose())
  return { storage, client }
}
