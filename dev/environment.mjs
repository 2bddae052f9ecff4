/**
 * Returns the environment for child processes. `KUBECONFIG` is removed, so that the cluster currently selected on this
 * machine is never touched by accident.
 */
export function childEnvironment(extra = {}) {
  const env = { ...process.env, ...extra };
  delete env.KUBECONFIG;
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  return env;
}

/** Like `childEnvironment`, without the variables that would change how Postgres and its clients find each other. */
export function environmentForEmbeddedPostgres(extra = {}) {
  const env = childEnvironment(extra);
  for (const name of Object.keys(env)) if (/^PG[A-Z]+$/.test(name)) delete env[name];
  return env;
}
