/** Puts Leaflet beside the build as it is: briefings (maps/briefing.py) carry it within them, so that they open offline. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const FILES = ['leaflet.js', 'leaflet.css'] as const

export function leafletFiles(): Plugin {
  return {
    name: 'leaflet-files',
    apply: 'build',
    generateBundle() {
      for (const name of FILES) {
        const source = readFileSync(fileURLToPath(new URL(`./node_modules/leaflet/dist/${name}`, import.meta.url)), 'utf8')
        this.emitFile({ type: 'asset', fileName: `leaflet/${name}`, source })
      }
    },
  }
}
