// What a reader sees at the side of each page, by what they want to do. A page that is in no group fails the build.
export const groups = {
  Start: {
    'index.md': 'Offsite',
    'docs/init.md': 'The first job',
    'docs/without-configuration.md': 'Without a configuration',
    'examples/index.md': 'Examples',
    'examples/postgresql/index.md': 'PostgreSQL, every night',
    'examples/web-root/index.md': 'A web root, to two servers',
    'examples/nas/index.md': 'A NAS',
    'examples/camel-application/index.md': 'A Camel application',
    'examples/kubernetes/index.md': 'Kubernetes',
  },
  'Every day': {
    'docs/commands.md': 'Commands around a run',
    'docs/service.md': 'As a service',
    'docs/scale-out.md': 'Several nodes',
    'docs/verify.md': 'How copies are verified',
    'docs/checksums.md': 'Checksums beside the backups',
    'docs/retention.md': 'Retention',
    'docs/scrub.md': 'Scrub',
    'docs/restore.md': 'Restore',
    'docs/transfer.md': 'put and get',
    'docs/resume.md': 'Uploads that were cut',
    'docs/bandwidth.md': 'Bandwidth',
  },
  Servers: {
    'docs/doctor.md': 'offsite doctor',
    'docs/servers.md': 'SFTP servers',
    'docs/connecting.md': 'Connecting',
    'docs/host-keys.md': 'Host keys and certificates',
    'docs/shared-roots.md': 'Whose a root is',
    'docs/encryption.md': 'Encryption',
    'docs/security.md': 'What is protected from whom',
  },
  'Alerts and monitoring': {
    'docs/monitoring.md': 'Monitoring',
    'docs/notifications.md': 'Notifications',
    'docs/metrics.md': 'Metrics and health checks',
    'docs/page.md': 'The page about your backups',
  },
  'In a Camel application': {
    'docs/embedding.md': 'Embedding',
    'docs/component.md': 'The component offsite:',
    'routes/index.md': 'The routes',
  },
  Reference: {
    'man/index.md': 'Commands and options',
    'docs/configuration.md': 'Configuration',
    'application.properties.md': 'application.properties',
    'docs/json.md': 'JSON output',
    'docs/memory.md': 'Start and memory',
    'CHANGELOG.md': 'Changelog',
  },
  Project: {
    'docs/decisions/index.md': 'Decisions',
    'bench/index.md': 'The benchmark',
    'findings/index.md': 'Findings in other software',
    'CONTRIBUTING.md': 'Contributing',
  },
};

// Folders with many pages of a kind have a page that lists them, and that list at their side.
export const listed = ['docs/decisions', 'man', 'routes'];

export const labels = Object.assign({}, ...Object.values(groups));

export const route = page => '/' + page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '.html');
