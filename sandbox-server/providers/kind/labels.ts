// Labels on every container, network and volume that we make: what a dead server left behind is found by them.

/** Whose it is: a random name of the data directory. */
export const serverLabel = 'dev.fairlead.server'
/** kind's name of the cluster that it belongs to. */
export const clusterLabel = 'dev.fairlead.cluster'
/** `node`, `toolbox`, `network`, `volume`. */
export const roleLabel = 'dev.fairlead.role'
/** On the network: the folder of the cluster's record, by which the server that it belongs to is found. */
export const folderLabel = 'dev.fairlead.folder'
/** Of folders with the records of a command that keeps nothing, such as `lesson prove`. */
export const temporaryPrefix = 'fairlead-kind-'
