import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { leafletFiles } from './leaflet'
import { shellWorker } from './shell'

// The server to talk to while developing: `ANLAN_SERVER=http://127.0.0.1:8000 npm run dev`.
const server = process.env.ANLAN_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue(), leafletFiles(), shellWorker()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': server, '/ogc': server } },
  build: {
    target: 'es2022',
    rolldownOptions: {
      output: {
        // Leaflet and the tile reader change rarely: their own file stays in the browser's cache across releases.
        codeSplitting: {
          groups: [
            { name: 'leaflet', test: /node_modules[\\/](leaflet|pbf)/ },
            { name: 'vue', test: /node_modules[\\/](@vue|vue|pinia|@intlify|vue-router|vue-i18n)/ },
          ],
        },
      },
    },
  },
})
