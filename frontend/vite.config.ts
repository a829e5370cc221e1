import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the API of a development session listens. The built app is served by that API itself. */
const apiUrl = process.env.MILLRACE_DEV_API ?? 'http://localhost:3001'

export default defineConfig(({ command }) => {
  // A build that a test run starts inherits NODE_ENV=test, and would carry React's slow development half.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return {
    plugins: [react(), tailwindcss()],
    // From the page's own base, which the server sets: the same build works below any path.
    base: command === 'build' ? './' : '/',
    server: {
      port: 3000,
      proxy: {
        '/api': { target: apiUrl, changeOrigin: false },
        '/ws': { target: apiUrl, ws: true, changeOrigin: false },
      },
    },
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      // `light-dark()` of the tokens must reach the browser as it is: all three engines have it since these versions.
      target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
      chunkSizeWarningLimit: 700,
      rolldownOptions: {
        output: {
          // Parts that change at different times are cached apart. Markdown and canvas are reached by dynamic imports only.
          codeSplitting: {
            groups: [
              { name: 'react', test: /node_modules[\\/](react|react-dom|react-router|scheduler)[\\/]/, priority: 30 },
              { name: 'canvas', test: /node_modules[\\/](@xyflow|@dagrejs|d3-[a-z]+)[\\/]/, priority: 20 },
              { name: 'expressions', test: /node_modules[\\/](@marcbachmann|liquidjs)[\\/]/, priority: 20 },
              { name: 'schemas', test: /node_modules[\\/]zod[\\/]/, priority: 20 },
              {
                name: 'controls',
                test: /node_modules[\\/](radix-ui|@radix-ui|@floating-ui|cmdk|sonner)[\\/]/,
                priority: 20,
              },
            ],
          },
        },
      },
    },
  }
})
