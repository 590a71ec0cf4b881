import { describe, expect, it } from 'vitest'
import { BrowserJar } from '../../src/testing/browser-jar.ts'

const HTTPS = 'https://shop.example/a/b'
const LOCAL = 'http://localhost:8787/'

function jarWith(...setCookies: string[]): BrowserJar {
  const jar = new BrowserJar()
  jar.store(setCookies, HTTPS)
  return jar
}

describe('BrowserJar', () => {
  it('keeps one cookie per name and sends the oldest first', () => {
    const jar = jarWith('a=1; Path=/', 'b=2; Path=/', 'a=3; Path=/')
    expect(jar.header(HTTPS)).toBe('a=3; b=2')
  })

  it('keeps cookies of different paths apart and sends the longer path first', () => {
    const jar = jarWith('a=root; Path=/', 'a=own; Path=/a', 'a=elsewhere; Path=/ab', 'd=default')
    expect(jar.header(HTTPS)).toBe('a=own; d=default; a=root')
    expect(jar.cookies(HTTPS).map(({ path }) => path)).toEqual(['/a', '/a', '/'])
  })

  it('deletes by Max-Age and by Expires, and forgets what has expired', () => {
    let now = 1_000_000
    const jar = new BrowserJar({ clock: () => now })
    jar.store(['a=1; Max-Age=10', 'b=1', 'c=1', 'd=1; Max-Age=5; Expires=Thu, 01 Jan 1970'], HTTPS)
    jar.store(['b=; Max-Age=0', 'c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], HTTPS)
    expect(jar.header(HTTPS)).toBe('a=1; d=1')
    now += 10_000
    expect(jar.header(HTTPS)).toBeUndefined()
  })

  it.each([
    [`a=${'x'.repeat(4096)}`, /4,096/],
    ['a=1\x00', /control/],
    ['a=1; SameSite=None', /SameSite/],
    ['__Secure-a=1', /Secure/],
    ['__Host-a=1; Secure', /Path/],
    ['__Host-a=1; Secure; Path=/; Domain=shop.example', /Domain/],
    ['a=1; Domain=other.example', /domain/],
    ['=__Host-a=1', /prefix/],
    ['=', /neither/],
  ])('drops %.50s', (header, reason) => {
    const jar = jarWith(header)
    expect(jar.header(HTTPS)).toBeUndefined()
    expect(jar.dropped[0]?.reason).toMatch(reason)
  })

  it('takes exactly 4,096 bytes of name plus value', () => {
    expect(jarWith(`a=${'x'.repeat(4095)}`).dropped).toEqual([])
  })

  it('refuses Secure over http, except on localhost where the browser allows it', () => {
    const safari = new BrowserJar()
    const chrome = new BrowserJar({ secureOnLocalhost: true })
    for (const jar of [safari, chrome]) jar.store(['__Host-a=1; Secure; Path=/'], LOCAL)
    expect(safari.header(LOCAL)).toBeUndefined()
    expect(chrome.header(LOCAL)).toBe('__Host-a=1')
  })

  it('does not send Secure cookies over http', () => {
    expect(jarWith('a=1; Secure').header('http://shop.example/a/b')).toBeUndefined()
  })

  it('drops the longest unused cookies beyond 180', () => {
    const jar = jarWith(...Array.from({ length: 180 }, (_, i) => `c${i}=1; Path=/`))
    expect(jar.cookies(HTTPS)).toHaveLength(180)
    jar.store(['last=1; Path=/'], HTTPS)
    expect(jar.cookies(HTTPS)).toHaveLength(150)
    expect(jar.cookies(HTTPS).at(-1)?.name).toBe('last')
  })
})
