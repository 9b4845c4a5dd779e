/** Writes the service worker of a build: which files open the console without the server, and which build it is. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin, Rolldown } from 'vite'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Rooms beyond these are kept when they are first opened: the first visit stays small. */
const FIRST_ROOMS = /\/(MapRoom|SignIn)\.vue$/

function filesFrom(bundle: Rolldown.OutputBundle): string[] {
  const wanted = new Set<string>()
  const take = (name: string): void => {
    const chunk = bundle[name]
    if (wanted.has(name) || chunk?.type !== 'chunk') return
    wanted.add(name)
    chunk.viteMetadata?.importedCss.forEach((css) => wanted.add(css))
    chunk.imports.forEach(take)
  }
  for (const [name, part] of Object.entries(bundle)) {
    if (part.type === 'chunk' && (part.isEntry || FIRST_ROOMS.test(part.facadeModuleId ?? ''))) take(name)
  }
  return [...wanted].sort().map((name) => `/${name}`)
}

export function shellWorker(): Plugin {
  return {
    name: 'shell-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = ['/', '/favicon.svg', '/manifest.webmanifest', ...filesFrom(bundle)]
      const content = [...Object.keys(bundle).sort(), readFileSync(here('./index.html'), 'utf8')].join('\n')
      const version = createHash('sha256').update(content).digest('hex').slice(0, 12)
      const source = readFileSync(here('./worker.js'), 'utf8')
        .replace('__VERSION__', version).replace('__SHELL__', JSON.stringify(files))
      this.emitFile({ type: 'asset', fileName: 'worker.js', source })
    },
  }
}
