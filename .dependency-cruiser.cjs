/**
 * The import fence: who may import whom. The arrows are frontend -> shared, cli -> shared and backend -> temporal -> shared.
 * Each message names the door to use instead. Type-only imports count: a type is a dependency of the reader, too.
 */

/** Tests, benchmarks, the torture and tool settings may reach further than the code they are about. */
const NOT_PRODUCT = '[.](test|spec|bench|config)[.][^/]+$|^[^/]+/(test|bench|torture|e2e|scripts)/'
const ANY_PACKAGE = '^(shared|temporal|backend|frontend|cli)/'
const NPM = '(^|/)node_modules/'

/** A module of npm, by name. */
const npm = (...names) => `${NPM}(${names.join('|')})/`

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or lack a third one that both import.',
      severity: 'error',
      from: { path: ANY_PACKAGE },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere: a typo, a missing .ts, or a package that is not in this package.json.',
      severity: 'error',
      from: { path: ANY_PACKAGE },
      to: { couldNotResolve: true, pathNot: '^virtual:|[?]' },
    },
    {
      name: 'packages-by-their-exports',
      comment: 'Write @millrace/<package>/<path>; a relative path into another package bypasses its exports.',
      severity: 'error',
      from: { path: '^(shared|temporal|backend|frontend|cli)/' },
      to: { path: ANY_PACKAGE, pathNot: '^$1/', dependencyTypesNot: ['aliased-workspace'] },
    },
    {
      name: 'shared-is-the-bottom',
      comment: 'shared is the contract and imports no other package. Move the shared part here, or pass a function in.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(temporal|backend|frontend|cli)/' },
    },
    {
      name: 'shared-is-pure',
      comment:
        'shared runs in browsers and inside workflows: zod, cel-js and liquidjs only. Whoever needs Node or a library puts it behind a parameter.',
      severity: 'error',
      from: { path: '^shared/src/', pathNot: NOT_PRODUCT },
      to: { pathNot: ['^shared/', npm('zod', '@marcbachmann/cel-js', 'liquidjs')] },
    },
    {
      name: 'shared-protocol-knows-no-engine',
      comment: 'nodes, events, protocol and api stand below engine and client inside shared.',
      severity: 'error',
      from: { path: '^shared/src/(nodes|events|protocol|api|errors|graph)/', pathNot: NOT_PRODUCT },
      to: { path: '^shared/src/client/' },
    },
    {
      name: 'temporal-below-backend',
      comment: 'temporal reaches the world through src/ports.ts; the backend implements the port.',
      severity: 'error',
      from: { path: '^temporal/' },
      to: { path: '^(backend|frontend|cli)/' },
    },
    {
      name: 'workflows-are-deterministic',
      comment:
        'Workflow code imports shared, @temporalio/workflow, @temporalio/common, task-queues.ts and workflow-contract.ts. Everything else is an activity: declare it in activities/ and import its type.',
      severity: 'error',
      from: { path: '^temporal/src/workflows/', pathNot: NOT_PRODUCT },
      to: {
        pathNot: [
          '^temporal/src/(workflows/|(task-queues|workflow-contract)[.]ts$)',
          '^shared/',
          npm('@temporalio/workflow', '@temporalio/common'),
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflow-types-from-our-own-package',
      comment: 'Types in workflow code come from shared, temporal/src or @temporalio; no library of the world.',
      severity: 'error',
      from: { path: '^temporal/src/workflows/', pathNot: NOT_PRODUCT },
      to: { pathNot: ['^temporal/src/', '^shared/', npm('@temporalio/[^/]+')], dependencyTypes: ['type-only'] },
    },
    {
      name: 'nobody-runs-workflow-code-outside',
      comment: 'Workflow code runs only inside the bundle. Import its type, or start it by name.',
      severity: 'error',
      from: { path: '^(temporal|backend)/src/', pathNot: ['^temporal/src/workflows/', NOT_PRODUCT] },
      to: { path: '^temporal/src/workflows/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'backend-is-the-top',
      comment: 'The backend and the web app meet over HTTP and the socket; what both know lives in shared.',
      severity: 'error',
      from: { path: '^backend/' },
      to: { path: '^(frontend|cli)/' },
    },
    {
      name: 'frontend-knows-shared-only',
      comment:
        'The web app imports shared. What it wants from the server is a route, a schema in shared/src/api or an event.',
      severity: 'error',
      from: { path: '^frontend/' },
      to: { path: '^(backend|temporal|cli)/' },
    },
    {
      name: 'cli-knows-shared-only',
      comment:
        'The command line speaks the public HTTP API and the socket. What it wants from the server is a route, a schema in shared/src/api or an event.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(backend|temporal|frontend)/' },
    },
    {
      name: 'frontend-has-no-node',
      comment: 'Browsers have no Node built-ins.',
      severity: 'error',
      from: { path: '^frontend/src/', pathNot: NOT_PRODUCT },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'repositories-and-events-import-downwards',
      comment:
        'Routes call commands, commands call repositories and events. Hand the upper thing in as a parameter from compose.ts.',
      severity: 'error',
      from: { path: '^backend/src/(repositories|events)/', pathNot: NOT_PRODUCT },
      to: {
        path: '^backend/src/(routes|commands|policies|plugins|websocket)/|^backend/src/(app|compose|main|worker)[.]ts$',
      },
    },
    {
      name: 'commands-know-no-routes',
      comment: 'A command is called by a route, a tool or a test. What it needs of a request is a parameter.',
      severity: 'error',
      from: { path: '^backend/src/(commands|policies)/', pathNot: NOT_PRODUCT },
      to: { path: '^backend/src/(routes|plugins)/|^backend/src/(app|compose|main|worker)[.]ts$' },
    },
    {
      name: 'only-entry-points-compose',
      comment: 'compose.ts builds the long-lived objects for main.ts and worker.ts. Take what you need as a parameter.',
      severity: 'error',
      from: { path: '^backend/src/', pathNot: ['^backend/src/(main|worker)[.]ts$', NOT_PRODUCT] },
      to: { path: '^backend/src/compose[.]ts$' },
    },
    {
      name: 'only-the-route-knows-the-socket-library',
      comment: 'Only routes/ws.ts and its transport know ws. Others work with { send, close, bufferedBytes }.',
      severity: 'error',
      from: {
        path: '^(shared|temporal|backend|frontend|cli)/src/',
        pathNot: ['^backend/src/routes/(ws|socket-transport)[.]ts$', NOT_PRODUCT],
      },
      to: { path: npm('ws', '@types/ws') },
    },
    {
      name: 'pages-never-import-pages',
      comment: 'What two pages need belongs to canvas, live, stores or ui. A page opens another through its URL.',
      severity: 'error',
      from: { path: '^frontend/src/pages/([^/]+)/' },
      to: { path: '^frontend/src/pages/', pathNot: '^frontend/src/pages/$1/' },
    },
    {
      name: 'ui-is-dumb',
      comment:
        'A ui component takes props: no store, no fetch, no socket. Read the store in a page and pass the value.',
      severity: 'error',
      from: { path: '^frontend/src/ui/', pathNot: NOT_PRODUCT },
      to: { path: '^frontend/src/(app|pages|canvas|nodes|stores|api|live)/' },
    },
    {
      name: 'lower-frontend-knows-no-pages',
      comment: 'Pages stand above canvas, nodes, stores, live and api. Pass a callback down instead.',
      severity: 'error',
      from: { path: '^frontend/src/(canvas|nodes|stores|live|api)/', pathNot: NOT_PRODUCT },
      to: { path: '^frontend/src/(app|pages)/' },
    },
    {
      name: 'stores-know-no-components',
      comment: 'Stores, live and api stand below what is drawn.',
      severity: 'error',
      from: { path: '^frontend/src/(stores|live|api)/', pathNot: NOT_PRODUCT },
      to: { path: '^frontend/src/(canvas|nodes|ui)/' },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API to parse with; swc is here already because the Temporal bundler uses it.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|[.]cache|[.]millrace)/' },
    // Workspace links resolve to the sources, so that a rule sees shared/src and not node_modules/@millrace/shared.
    preserveSymlinks: false,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
}
