declare const settings: Readonly<Record<string, unknown>>;
export default settings;
