export { type ControlClient, connectControl, requireControl } from './control-client.ts';
export { type ControlServer, type ControlTarget, startControlServer } from './control-server.ts';
